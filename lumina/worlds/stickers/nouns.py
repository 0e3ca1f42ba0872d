"""The nouns of the sticker world: what each is called, which emoji draws it, and what several are."""

import re

NOUNS = """
monkey, dog=dog-face, wolf, fox, cat=cat-face, lion, tiger=tiger-face, horse=horse-face, unicorn, zebra;
cow=cow-face, pig=pig-face, sheep=ewe, giraffe, elephant, mouse=mouse-face, rabbit=rabbit-face,
squirrel=chipmunk, bat, bear, koala, panda, kangaroo; chicken, bird, penguin, duck, owl, flamingo, parrot;
frog, crocodile, turtle, snake, dragon, dinosaur=t-rex, whale=spouting-whale, dolphin, fish=tropical-fish,
shark, octopus, crab; snail, butterfly, bee=honeybee, ladybug=lady-beetle, spider; rose, sunflower, tulip,
pine tree=evergreen-tree, tree=deciduous-tree, cactus, mushroom, potted plant=potted-plant; watermelon,
orange=tangerine, lemon, banana, pineapple, apple=red-apple, pear, strawberry, kiwi=kiwi-fruit, tomato,
avocado, eggplant, carrot, broccoli; loaf of bread=bread, croissant, pretzel, cheese=cheese-wedge,
hamburger, pizza, hot dog=hot-dog, sandwich, taco, popcorn, sushi; donut=doughnut, cookie,
cake=birthday-cake, cupcake, lollipop, ice cream=soft-ice-cream; bottle=bottle-with-popping-cork,
wine glass=wine-glass, cup=hot-beverage, teapot, fork=fork-and-knife, spoon, knife=kitchen-knife,
bowl=bowl-with-spoon; grapes, cherries; globe=globe-showing-americas, volcano, house, castle;
train=locomotive, bus, fire truck=fire-engine, police car=police-car, taxi, car=automobile,
truck=delivery-truck, tractor, motorcycle, scooter=motor-scooter, bicycle, skateboard;
traffic light=vertical-traffic-light, stop sign=stop-sign; anchor, boat=sailboat, ship=passenger-ship,
airplane, helicopter, rocket, ufo=flying-saucer; suitcase=luggage, clock=alarm-clock; moon=crescent-moon,
sun, planet=ringed-planet, star, cloud, rainbow, umbrella, snowflake, snowman=snowman-without-snow, fire,
droplet, lightning bolt=high-voltage; pumpkin=jack-o-lantern, christmas tree=christmas-tree, balloon,
gift=wrapped-gift, bow=ribbon, trophy; soccer ball=soccer-ball, basketball, football=american-football,
tennis racket=tennis, frisbee=flying-disc, skis, kite, gamepad=video-game, die=game-die,
teddy bear=teddy-bear; glasses, sunglasses, tie=necktie, shirt=t-shirt, dress, handbag, backpack,
sneaker=running-shoe, high heel=high-heeled-shoe, crown, top hat=top-hat, cap=billed-cap, diamond=gem-stone;
bell, microphone, headphones=headphone, guitar, computer keyboard=keyboard, violin, drum;
cell phone=mobile-phone, telephone, laptop, computer mouse=computer-mouse, tv=television, camera,
magnifying glass=magnifying-glass-tilted-left; candle, light bulb=light-bulb, book=closed-book, envelope,
package, pencil, crayon, scissors, lock=locked, key; hammer, sword=dagger, bomb, magnet; door, bed,
couch=couch-and-lamp, chair, toilet, broom, bucket, toothbrush, vase=amphora, baseball bat=cricket-game;
heart=red-heart, circle=red-circle, square=red-square
"""
STRANGERS = """
llama, hippopotamus, sloth, otter, swan, peacock, skunk, boar, coconut, garlic, waffle, burrito, compass,
canoe, parachute, accordion, trumpet, moai, basket, ladder
"""
"""Drawings that no training sees, one of each; nobody can ask for them in words."""

ANY = "sticker"
"""What any of them may be called where it is given as a picture."""
PAINTED = (
    "heart", "circle", "square", "balloon", "book", "car", "umbrella", "backpack", "shirt", "dress", "cap",
    "bow", "bucket", "tulip", "crayon", "couch", "suitcase", "fish", "bird", "bus",
)  # fmt: skip
"""Nouns of which a drawing always has one of the colours."""
BARE = (
    "broccoli", "cheese", "popcorn", "sushi", "fire", "grapes", "cherries", "skis", "glasses", "sunglasses",
    "headphones", "scissors",
)  # fmt: skip
"""Nouns without an article, of which nobody counts several."""
_PLURALS = {
    "mouse": "mice", "fish": "fish", "sheep": "sheep", "knife": "knives", "die": "dice",
    "loaf of bread": "loaves of bread", "computer mouse": "computer mice", "wolf": "wolves",
    "tomato": "tomatoes", "volcano": "volcanoes", "snowman": "snowmen",
}  # fmt: skip


def entries(text: str) -> dict[str, str]:
    """Nouns with the names of their emoji: ``dog=dog-face``, or ``hot dog`` for hot-dog."""
    pairs = (entry.strip().partition("=") for entry in re.split("[,;]", text))
    return {noun: emoji or noun.replace(" ", "-") for noun, _, emoji in pairs}


def kinds() -> list[tuple[str, ...]]:
    """The nouns by what they are: animals, fruit, vehicles …"""
    return [tuple(entries(text)) for text in NOUNS.split(";")]


def plural(noun: str) -> str:
    """What several of them are called."""
    if noun in _PLURALS or noun in BARE:
        return _PLURALS.get(noun, noun)
    if noun.endswith(("s", "x", "sh", "ch", "z")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"
