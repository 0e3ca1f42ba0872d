"""The words that free wording of stickers is looked up in, besides those of all worlds (reading/words.py).

A noun's sign is the noun with ``_`` for blanks, that of several its plural. Names in other languages come
from emojibase-data (assets/worlds/stickers/names.json); what it lacks, or calls otherwise, stands here.
"""

import re
from collections.abc import Iterator
from functools import cache

from lumina.worlds.language import latin
from lumina.worlds.reading.signs import SHADE
from lumina.worlds.reading.words import (
    EAST_RELATIONS,
    FLUFF,
    GLUE,
    KINDS_OF_PLACE,
    NOT_WORDS,
    OTHER_SIGNS,
    OTHER_WORDS,
    PLACES_AND_NUMBERS,
    TOO_MANY,
    each,
    phrases_of,
    scripts_of,
)
from lumina.worlds.stickers.captions import RELATIONS
from lumina.worlds.stickers.nouns import plural
from lumina.worlds.stickers.scenes import BACKDROPS, PLAIN, nouns
from lumina.worlds.stickers.sprites import COLORS, SIZES, STYLES, other_names

_LONG_ENOUGH = 5  # letters of a word that is known without its accents, too
DIE = "die_"  # the sign of the noun that is also a German article
FRUIT = "orange_fruit"  # the sign of the noun that is also a colour
ALSO: dict[str, str] = {  # other words for nouns, "_" for a blank
    "monkey": "ape chimp", "dog": "puppy pup doggy doggie hound pooch wuff 犬 小狗 子犬 いぬ",
    "cat": "kitty kitten pussycat kater kätzchen chaton gatito 猫咪 小猫 ねこ 子猫", "lion": "獅子",
    "rose": "薔薇 玫瑰花 ばら", "tulip": "郁金香花", "flamingo": "火鸟", "whale": "くじら 鲸鱼",
    "shark": "さめ", "spider": "蜘蛛", "horse": "pony", "cow": "cattle bull ox",
    "pig": "piglet piggy puerco chancho 豚", "sheep": "lamb ヒツジ 绵羊",
    "mouse": "maus souris ratón ねずみ 老鼠 小鼠", "rabbit": "bunny hare kaninchen うさぎ 兔兔 小兔",
    "squirrel": "chipmunk eichhörnchen りす", "bear": "ours 小熊 くま",
    "chicken": "hen rooster 小鸡 ニワトリ", "bird": "birdie sparrow pigeon 小鸟",
    "duck": "duckling アヒル 小鸭", "owl": "hibou", "frog": "toad かえる",
    "crocodile": "alligator croc gator", "turtle": "tortoise 乌龟 亀", "snake": "serpent viper へび",
    "dragon": "竜 龍",
    "dinosaur": "dino t_rex trex tyrannosaurus dinosaurier dinosaure dinosaurio 恐龙 恐竜",
    "fish": "goldfish さかな", "octopus": "squid krake poulpe オクトパス", "crab": "krabbe 螃蟹",
    "snail": "slug カタツムリ", "butterfly": "蝶 ちょう", "bee": "bumblebee honeybee 蜂 ハチ",
    "ladybug": "ladybird lady_beetle beetle", "fox": "きつね", "elephant": "大象",
    "pine tree": "pine fir fir_tree conifer evergreen tanne tannenbaum sapin pino",
    "tree": "oak oak_tree maple baum árbol 树 大树 木 き", "mushroom": "toadstool fungus 毒蘑菇 きのこ",
    "potted plant": "houseplant house_plant flower_pot flowerpot plant pot_plant 盆栽",
    "orange": "tangerine mandarin clementine naranja apfelsine オレンジ 橙子",
    "apple": "りんご リンゴ 林檎", "lemon": "limone", "carrot": "にんじん ニンジン",
    "watermelon": "すいか", "eggplant": "aubergine 茄子 なす", "strawberry": "イチゴ 苺",
    "avocado": "avo", "loaf of bread": "bread loaf toast baguette", "pretzel": "brezn",
    "cheese": "奶酪 cheddar", "hamburger": "burger cheeseburger",
    "pizza": "比萨 slice_of_pizza pizza_slice pizze", "hot dog": "hotdog hot-dog frankfurter",
    "sandwich": "sarnie", "popcorn": "pop_corn", "donut": "doughnut", "cookie": "biscuit 曲奇",
    "cake": "birthday_cake torte kuchen pastel 蛋糕 ケーキ", "cupcake": "muffin",
    "lollipop": "lolly lollypop", "ice cream": "icecream ice-cream gelato soft_serve 冰淇淋 アイス",
    "bottle": "champagne champagne_bottle 瓶子 ボトル",
    "wine glass": "glass_of_wine wine wineglass goblet",
    "cup": (
        "mug coffee cup_of_tea cup_of_coffee coffee_cup coffee_mug teacup tasse taza "
        "kaffee café 咖啡 杯子 コーヒー カップ"
    ),
    "teapot": "kettle", "knife": "messer couteau cuchillo kitchen_knife", "bowl": "bol cereal_bowl 碗",
    "grapes": "grape bunch_of_grapes", "cherries": "cherry pair_of_cherries",
    "globe": "earth erde planet_earth", "house": "home cottage", "castle": "fortress schloss burg",
    "train": "locomotive steam_train steam_engine zug tren 列車 電車", "bus": "school_bus coach",
    "fire truck": "fire_engine firetruck", "police car": "cop_car patrol_car", "taxi": "cab taxicab",
    "car": "automobile sedan wagen 车 車 くるま 小汽车",
    "truck": "lorry van delivery_truck lkw lastwagen 卡车", "motorcycle": "motorbike motor_bike バイク",
    "scooter": "moped vespa", "bicycle": "bike bicyclette 单车", "skateboard": "skate_board",
    "traffic light": "traffic_lights stoplight traffic_signal 信号灯 信号機", "stop sign": "stopsign",
    "boat": "sailboat sailing_boat yacht bateau 小船", "ship": "cruise_ship ocean_liner steamship",
    "airplane": "plane aeroplane jet aircraft airliner flieger", "helicopter": "chopper helikopter",
    "rocket": "spaceship spacecraft space_ship space_shuttle rocketship rocket_ship raumschiff",
    "ufo": "flying_saucer alien_ship", "suitcase": "luggage koffer valise maleta trolley",
    "clock": "alarm_clock alarm uhr horloge", "moon": "crescent crescent_moon half_moon 月亮",
    "sun": "sonne soleil sol sunshine", "planet": "saturn planète", "star": "星",
    "umbrella": "parasol brolly 雨伞", "snowflake": "snow_flake",
    "fire": "flame flames bonfire campfire feu 火 炎",
    "droplet": "drop raindrop water_drop drop_of_water",
    "lightning bolt": "lightning thunderbolt bolt blitz éclair rayo relámpago 闪电 稲妻 雷",
    "snowman": "snow_man", "pumpkin": "jack_o_lantern jack-o-lantern", "christmas tree": "xmas_tree",
    "balloon": "globo ballon 风船", "gift": "present wrapped_gift giftbox", "bow": "ribbon",
    "trophy": "cup_trophy prize", "soccer ball": "soccerball 足球",
    "football": "american_football rugby_ball", "basketball": "basket_ball",
    "tennis racket": "tennis_racquet racket racquet", "frisbee": "flying_disc",
    "skis": "ski pair_of_skis", "kite": "凧",
    "gamepad": "game_controller controller joystick gamecontroller", "die": "dado würfel",
    "teddy bear": "teddy stuffed_bear",
    "glasses": "eyeglasses spectacles pair_of_glasses brille gafas lunettes",
    "sunglasses": "shades pair_of_sunglasses", "tie": "necktie krawatte",
    "shirt": "t_shirt tee_shirt tshirt tee chemise camisa", "dress": "gown frock", "handbag": "purse",
    "backpack": "rucksack knapsack school_bag schoolbag",
    "sneaker": "trainer running_shoe shoe turnschuh schuh", "high heel": "stiletto pump heel high-heel",
    "top hat": "hat chapeau tophat", "cap": "baseball_cap",
    "diamond": "gem gemstone jewel diamant diamante 钻石", "microphone": "mic",
    "headphones": "headphone headset earphones", "guitar": "electric_guitar",
    "computer keyboard": "keyboard", "violin": "fiddle", "drum": "snare",
    "cell phone": "phone smartphone mobile mobile_phone cellphone iphone handy móvil portable スマホ",
    "telephone": "landline rotary_phone", "laptop": "notebook computer pc macbook",
    "computer mouse": "computermouse", "tv": "television telly televisor television_set",
    "camera": "kamera", "magnifying glass": "magnifier loupe", "light bulb": "lightbulb bulb lamp",
    "book": "novel textbook 书 本", "envelope": "letter mail lettre",
    "package": "parcel box cardboard_box", "pencil": "pen stift", "crayon": "wax_crayon",
    "scissors": "pair_of_scissors", "lock": "padlock", "sword": "dagger schwert", "bell": "cloche",
    "couch": "sofa settee canapé", "chair": "seat", "toilet": "loo", "bucket": "pail",
    "vase": "amphora urn", "toothbrush": "tooth_brush", "baseball bat": "cricket_bat",
    "heart": "coeur 爱心 心形", "circle": "disc disk kreis cercle",
}  # fmt: skip
_NO_NAMES = each(  # of emojibase: what these say besides the noun, or in another language
    "wasser beere laub blume perenne roja anniversaire cumpleaños geburtstag caliente heiß getränk "
    "boisson bebida tee thé halloween noël navidad pasajeros reparto polizei policía police pompier eau "
    "pluie regen neige photo computer tricolore roulettes board stop stopp schild señal tension voltaje "
    "spiel mando pelota balón korken knallen cuisine amérique américa brief col pan lit preciosa piedra "
    "pastel cera pink cuña disque disco baseball batterie tropical dents pain sobre dampf sol star boot "
    "甜 糖 生日 红 红色 赤 飲み物 热带 喷水 潮吹き 墨西哥 山 欧洲 蒸汽 放大 合上 跑 高跟 停止 标志 "
    "目覚まし 公交 茶 板 水 星 剪 刷 落叶 灯 车 球 圣诞 クリスマス ハロウィン バースデー アメリカ "
    "止まれ ソフト"
)
_OTHERS: dict[str, str] = {  # other words for what is no noun
    "red": "crimson scarlet ruby maroon rot rouge rojo rosso",
    "orange": "amber arancione naranja",
    "yellow": "gold golden gelb jaune amarillo giallo mustard",
    "green": "emerald lime olive mint grün vert verde", "pink": "magenta fuchsia salmon coral rosa",
    "blue": "navy azure cyan turquoise teal sapphire cobalt indigo blau bleu azul aqua türkis",
    "purple": "violet lilac lila lavender mauve plum", "white": "snow ivory", "grey": "gray silver",
    "large": "big huge giant enormous gigantic massive groß",
    "small": "little tiny mini miniature klein wee",
    "medium": "mittelgroß mittelgroße",
    "flat": "flach flache flacher flaches minimalist plano", "cartoon": "comic cartoonish cartoony toon",
    "retro": "vintage oldschool classic rétro",
    "line_art": "lineart outlined outline sketch sketched strichzeichnung",
    "meadow": (
        "meadows grass lawn field park wiese gras rasen prairie "
        "pré herbe pelouse pradera prado hierba césped grassland pasture"
    ),
    "night": "midnight nighttime nacht nachts nuit noche moonlight", "table": "desk tisch mesa tabletop",
    "ground": (
        "background backgrounds backdrop wall floor hintergrund untergrund fond fondo "
        "sfondo surface canvas boden suelo"
    ),
    "a": "one single", "two": "both", "three": "trio",
    "!": (
        "black schwarz schwarze schwarzer noir noire negro negra brown "
        "braun braune brauner marron dark bright"
    ),
}  # fmt: skip
_STYLE = "|".join(("flat", "line_art", "cartoon", "retro"))
_HOLLOW = (
    "bowl", "cup", "bucket", "handbag", "backpack", "suitcase", "package", "bottle", "vase", "bed", "car",
    "house", "castle", "hat", "boat", "box", "bag", "truck", "bus", "train", "tree", "balloon", "rocket",
)  # fmt: skip
_END = r"(?= *(?:,|$))"
_ABOVE = (
    r"(?:(?:right|directly|just|hovering|floating|flying) )?(?:above|over|on (?:the )?top of|atop)"
    r"|über|oberhalb von|au-? ?dessus d(?:e|es|u|'une?)|(?:por )?encima del?|arriba del?|sopra"
)
_BELOW = (
    r"(?:(?:right|directly|just) )?(?:below|beneath|under(?:neath)?)|unter(?:halb von)?|sous"
    r"|(?:en|au-?) ?dessous d(?:e|es|u|'une?)|(?:por )?debajo del?|bajo|sotto"
)
_IT = r"(?:it|them|that)(?= ?(?:$|,|(?:an?|the|is|are|there|one|two|three|four|and)\b))"
_BESIDES_PLACES = {
    r"line(?: |-)?(?:art|drawings?|drawn|work)|(?:pencil|ink) (?:drawing|sketch)": "line_art",
    r"dessin au trait|dibujo (?:de|a) l[íi]neas?": "line_art",
    rf"({_STYLE})(?:[- ]?(?:styled?|design|look|version))": r"\1",
    rf"(?:in|as|im)(?: an?| the)? +({_STYLE})(?: *(?:stil|style))?{_END}": r", them \1 ,",
    rf"(?:dans un |en )?style +({_STYLE}){_END}|(?:en )?estilo +({_STYLE}){_END}": r", them \1\2 ,",
    r"(?:in|at|during) (?:the )?(?:night(?:time)?|dark(?:ness)?|midnight)": "night",
    r"by night|night sky|starry night": "night",
    r"starry": "night",
    r"old (?:school|fashioned)": "retro",
    r"in (?:an? |the )?(?:green )?(meadow|grass|lawn)": r"on \1",
    rf"(?:{_ABOVE}) {_IT}": "~its:above",
    rf"(?:{_BELOW}) {_IT}": "~its:below",
    rf"(?:{_ABOVE})(?: an?| the)? (table|desk|meadow|grass|lawn|tisch|mesa)": r"on \1",
    rf"(?:in|inside|im|dans|en)(?= (?:an?|the|einer|einem|une?|una) (?:{'|'.join(_HOLLOW)})\b)": "~no",
    _ABOVE: "~of:above",
    _BELOW: "~of:below",
    rf"(?:at|on|in) (?:the |its )?top(?: half)?|oben|en haut|arriba{_END}": "~at:above",
    rf"(?:at|on|in) (?:the |its )?bottom(?: half)?|unten|en bas|abajo{_END}": "~at:below",
    r"(a|one|red|blue|green|the) die": r"\1 die_",
    r"(un|le) lit": r"\1 bed",
    r"(una|la) rosa": r"\1 rose",
    r"pairs? of (?=glass|sungl|scissors|skis|headph)": "",
    r"(slice|piece|bunch|cup|glass|bouquet|picture|image|sticker|emoji)s? of": "",
    r"(?:a )?(?:selection|set|group|drawing|sketch) of": "",
}  # fmt: skip
SCRIPTS_OF: dict[str, str] = {  # Chinese and Japanese
    "meadow": "草地上 草地 草原 草坪 草むら 芝生 草の上に 草の上の 草",
    "night": "夜空の下の 夜空の下に 夜晚 夜里 晚上 夜空 夜に 夜の 夜",
    "table": "桌子上 桌上 桌子 テーブルの上に テーブルの上の テーブル 机の上に 机の上の 机",
    "ground": "背景に 背景で 背景",
    "line_art": "线条 线稿 線画",
    "cartoon": "卡通 漫画",
    "retro": "复古 レトロ",
    "flat": "扁平 フラット",
    "with": "在 と一緒に",
    "a": "一只 一隻 一匹 一辆 一台 一架 一本 一朵 一棵 一块 一条 一頭 一头 一枚 一輪 1匹の 一匹の",
    "two": "两只 两辆 两条 两本 两匹 两朵 两棵 两块 二匹の 2匹の 二匹 二羽の 2匹 2台の 二つ 二台の 2本の",
    "three": "三只 三辆 三条 三本 三匹の 3匹の 三匹 三朵 三棵 三块 3匹 3台の",
    "four": "四只 四辆 四条 四匹の 4匹の 四匹 4匹",
}
_EAST: dict[str, str] = {
    **EAST_RELATIONS,
    "above": "的上面 的上方 上面 上方 的上边 上边 の上に の上の の上方に の上",
    "below": "的下面 的下方 下面 下方 的下边 下边 の下に の下の の下",
}
PLACES = ("behind", "front", "right", "left", "beside", "above", "below", "under")  # slips are read before
REAL_WORDS = each(  # look like slips, but are words
    "beach bench boots boot bowls brush brick bread beard board bored bound brown brain brains candy "
    "candies canal cattle chairs chart cheer clown clowns coat coats cook cord core corn crane crash "
    "cream crew crow crowd cloudy curb dance dish dock dogma door doors dot dust fairy fence fest fist "
    "flag flame floor flower flowers fog folk foot fork form fort frame fruit girl girls glove gloves "
    "goat goats goose ground hair hand hands harbor horn hose hound house houses hunter island jacket "
    "jar kids kid king kiss kitchen lady lamb lake land leaf leaves letter light lights lime line lips "
    "lizard log man map marker men milk mirror money mop moss moth mother motor mountain mouth neck "
    "nest net nose note nurse ocean oil painter palm panther pants paper park party path peach peas "
    "person piano pie pier pigeon pile pill pillow pine pipe pirate plane plate plates player plum pole "
    "pond pool porch port pot potato prince princess queen rain ram rice ring river road rock rocks "
    "roof room root rope rover salad sand santa school sea seal shape sheet shell shelf shine shoes "
    "shop shore shoulder shower skate skull sky smile smoke snack snow soap sock socks soldier soup "
    "space spade spice stage stair stand state statue steak stone stool store storm stove street string "
    "sugar sweater swan table tablet tail tank taxes tea teacher team tent tiger tin tire toast toad "
    "tower town toy track trail trunk tube turkey twin van vest vine wall wand watch water wave wheel "
    "wind window wing witch wizard woman women wood yard bull bulls bells balls bears beer pear deer "
    "hat hats hut hub heard heat hears star start stars stare cars card cards care cart cave cape caps "
    "cups cut cuts bone bones bond book boom bats bath bays bags bugs buns bush rows robe robes robot "
    "robots batman camel camels channel panel hamster monster monsters lobster hornet helmet magnets "
    "mango magic pebble pencils pepper cracker crackers cucumber capital cabin cable castles candles "
    "cradle handle bottom button batter butter better letters locket pocket racket rackets rocker "
    "rockets bucket buckets basket baskets blanket trailer trolley truffle trophy trumpet violet violin "
    "vision volcano "
    "bandana bar bars beans belly bloom bok boo busts chai chain chains chemist circled clack clothes "
    "conch doo dressed drugs hear hearth kitts mali moo moose pea pearl pin potable sake sar sark shake "
    "sharp shorts sleep slider smell soon spain spark speaker spool tai tao timer tracks trans whine "
    "write short shorts"
)


def sign_of(noun: str) -> str:
    """The sign of one of a noun."""
    return {"orange": FRUIT, "die": DIE}.get(noun, noun.replace(" ", "_"))


def plural_sign(noun: str) -> str:
    """The sign of several."""
    return sign_of(noun) if plural(noun) == noun else plural(noun).replace(" ", "_")


def _sign_of_place(kind: str, relation: str) -> str:
    return f"~{kind}:{relation.replace(' ', '_')}"


@cache
def signs() -> frozenset[str]:
    """Everything that words are read as."""
    places = (_sign_of_place(kind, relation) for kind in KINDS_OF_PLACE for relation in RELATIONS)
    return frozenset([
        *map(sign_of, nouns()), *map(plural_sign, nouns()), *COLORS, *SIZES, *style_signs(), *PLAIN,
        *BACKDROPS, "ground", "a", "two", "three", "four", "many", "another", "not", *GLUE, "same!", "sames!",
        "alike:color", "alike:size", ",", "~no", "!", SHADE, *places,
    ])  # fmt: skip


def style_signs() -> dict[str, str]:
    """The styles by their signs."""
    return {style.replace(" ", "_"): style for style in STYLES}


@cache
def english() -> dict[str, str]:
    """The sign of each English name of one or several."""
    found: dict[str, str] = {}
    for noun in nouns():
        of_noun = [noun, *(_plain(name) for name in ALSO.get(noun, "").split() if name.isascii())]
        for name in of_noun:
            found.setdefault(plural(name), plural_sign(noun))
        for name in of_noun:
            found.setdefault(name, sign_of(noun))
    return found | {
        name: sign
        for noun in nouns()
        for name, sign in ((noun, sign_of(noun)), (plural(noun), plural_sign(noun)))
    }


@cache
def elsewhere() -> dict[str, str]:
    """The sign of each name of one or several in other languages that has spaces between words."""
    found: dict[str, str] = {}
    for noun, name in _names():
        if not _is_script(name):
            found.setdefault(name, sign_of(noun))
    for noun, name in _names():
        if not _is_script(name):
            for several in _several(name):
                found.setdefault(several, plural_sign(noun))
    for name, sign in list(found.items()):
        if len(name) >= _LONG_ENOUGH:
            found.setdefault(latin(name), sign)
    return found


@cache
def scripts() -> dict[str, str]:
    """Signs of Chinese and Japanese words, the longest first."""
    of_nouns: dict[str, str] = {}
    for noun, name in _names():
        if _is_script(name):
            of_nouns[sign_of(noun)] = f"{of_nouns.get(sign_of(noun), '')} {name}"
    both = {*OTHER_SIGNS, *SCRIPTS_OF, *of_nouns}
    tables = (OTHER_SIGNS, SCRIPTS_OF, of_nouns)
    merged = {sign: " ".join(table.get(sign, "") for table in tables) for sign in both}
    merged["on"] = merged["on"].replace("在", "")
    return scripts_of(merged, _EAST)


def _names() -> Iterator[tuple[str, str]]:
    """Nouns and what they are called elsewhere, those written here first."""
    for noun, also in ALSO.items():
        yield from ((noun, _plain(name)) for name in also.split())
    for noun, names in other_names().items():
        yield from ((noun, _plain(name)) for name in names if name not in _NO_NAMES)


def _plain(name: str) -> str:
    """As the reader sees it: a hyphen parts two words."""
    return name.replace("_", " ").replace("-", " ")


def _is_script(name: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in name)


_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}


def _several(name: str) -> Iterator[str]:
    """What several may be called, in German, French and Spanish."""
    first, _, rest = name.partition(" ")
    yield from (f"{first}{end} {rest}".strip() for end in ("s", "x", "es"))
    if rest and " " not in rest:
        yield from (f"{first}s {rest}{end}" for end in ("s", "es"))
    if not rest:
        yield from (f"{name}{end}" for end in ("n", "en", "e", "er", "nen"))
        last = name.rfind("au") if "au" in name else max(name.rfind(vowel) for vowel in _UMLAUTS)
        changed = f"{name[:last]}{_UMLAUTS[name[last]]}{name[last + 1 :]}" if last > 0 else ""
        yield from (f"{changed}{end}" for end in ("", "e", "er", "en", "n", "ern") if changed)
        yield from (f"{name[:-2]}aux",) if name.endswith("al") else ()


@cache
def lookup() -> dict[str, str]:
    """The sign of each word."""
    return {
        **{name: sign for name, sign in elsewhere().items() if " " not in name and name not in FLUFF},
        **{other: sign for sign, others in OTHER_WORDS.items() for other in others.split()},
        **{other: sign for sign, others in _OTHERS.items() for other in others.split()},
        **{name: sign for name, sign in english().items() if " " not in name and name != "orange"},
        **{sign: sign for sign in signs()},
        **dict.fromkeys(TOO_MANY, "many"),
        **dict.fromkeys(NOT_WORDS, "not"),
        "die": "the", "but": ",", "sol": "sun", "dice": "dice",
    }  # fmt: skip


@cache
def phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is said in several words besides names."""
    return phrases_of({**_BESIDES_PLACES, **PLACES_AND_NUMBERS})


@cache
def names() -> dict[str, str]:
    """The signs of what is called by several words."""
    return {name: sign for name, sign in (elsewhere() | english()).items() if " " in name}


@cache
def slips_of() -> tuple[str, ...]:
    """The words whose slips are read."""
    words = {*english(), *COLORS, *SIZES, *PLAIN, "cartoon", "retro", "background", "meadow"}
    return tuple(sorted(word for word in words if len(word) > 3 and word.isalpha()))
