"""The words that free wording of stickers is looked up in, besides those of all worlds (reading/words.py).

A noun's sign is the noun with ``_`` for blanks, that of several its plural. What nouns are also called stands
in reader_names.py.
"""

import re
from collections.abc import Iterator
from functools import cache

from lumina.worlds.language import latin
from lumina.worlds.reading.signs import NEVER, SHADE
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
from lumina.worlds.stickers.nouns import PAINTED, plural
from lumina.worlds.stickers.reader_names import ALSO, KINDS, NO_NAMES, ODD_PLURALS
from lumina.worlds.stickers.scenes import BACKDROPS, PLAIN, nouns
from lumina.worlds.stickers.sprites import COLORS, SIZES, STYLES, other_names

_LONG_ENOUGH = 5  # letters of a word that is known without its accents, too
DIE = "die_"  # the sign of the noun that is also a German article
FRUIT = "orange_fruit"  # the sign of the noun that is also a colour
_OTHERS: dict[str, str] = {  # other words for what is no noun
    "red": "crimson scarlet ruby maroon burgundy rot rouge rojo rosso",
    "orange": "amber arancione naranja",
    "yellow": "gold golden gelb jaune amarillo giallo mustard",
    "green": "emerald lime olive mint grün vert verde", "pink": "magenta fuchsia salmon coral rosa",
    "blue": "navy azure cyan turquoise teal sapphire cobalt indigo blau bleu azul aqua türkis",
    "purple": "violet lilac lila lavender mauve plum", "white": "snow ivory", "grey": "gray silver",
    "large": (
        "big huge giant enormous gigantic massive jumbo humongous ginormous colossal mega oversized xl "
        "xxl groß"
    ),
    "small": "little tiny mini miniature weeny lil klein wee",
    "medium": "midsize midsized mittelgroß mittelgroße",
    "flat": "flach flache flacher flaches minimalist plano",
    "cartoon": (
        "comic cartoonish cartoony cartoonlike toon zeichentrick zeichentrickstil zeichentrickfigur "
        "comicstil cartoonstil"
    ),
    "retro": "vintage oldschool oldtimey antique nostalgic classic rétro",
    "line_art": "lineart linework outlined outline sketch sketched sketchy doodle doodled strichzeichnung",
    "meadow": (
        "meadows grass lawn field park wiese gras rasen prairie "
        "pré herbe pelouse pradera prado hierba césped grassland pasture"
    ),
    "night": "midnight nighttime nite tonite nightfall moonlit nacht nachts nuit noche moonlight",
    "table": "desk tisch mesa tabletop",
    "ground": (
        "background backgrounds bg bkg backdrop backdrops wall floor hintergrund untergrund fond fondo "
        "sfondo surface canvas boden suelo"
    ),
    "a": "one single", "two": "both", "three": "trio",
    NEVER: (
        "black brown beige dark bright schwarz schwarze schwarzer schwarzes schwarzen schwarzem "
        "braun braune brauner braunes braunen braunem noir noire noirs noires brun brune bruns brunes "
        "marron marrons negro negra negros negras marrón marrones nero nera neri nere marroni zwart zwarte "
        "bruin bruine preto preta pretos pretas marrom castanho castanha"
    ),
}  # fmt: skip
_STYLES = ("flat", "line_art", "cartoon", "retro")
_STYLE = "|".join([*_STYLES, *(word for style in _STYLES for word in _OTHERS[style].split())])
_HOLLOW = (
    "bowl", "cup", "bucket", "handbag", "backpack", "suitcase", "package", "bottle", "vase", "bed", "car",
    "house", "castle", "hat", "boat", "box", "bag", "truck", "bus", "train", "tree", "balloon", "rocket",
)  # fmt: skip
END = r"(?= *(?:,|$))"
_ABOVE = (
    r"(?:(?:right|directly|just|high|up|hovering|floating|flying) )?(?:above|over|on (?:the )?top of|atop)"
    r"|higher(?: up)? than"
    r"|über|oberhalb von|au-? ?dessus d(?:e|es|u|'une?)|(?:por )?encima del?|arriba del?|sopra"
)
_BELOW = (
    r"(?:(?:right|directly|just|down) )?(?:below|beneath|under(?:neath)?)|lower(?: down)? than"
    r"|unter(?:halb von)?|sous"
    r"|(?:en|au-?) ?dessous d(?:e|es|u|'une?)|(?:por )?debajo del?|bajo|sotto"
)
_IT = (
    r"(?:it|them|that|which)"
    r"(?= *(?:$|,|(?:an?|the|is|are|there|one|two|three|four|and|on|in|at|night|with)\b))"
)
_SHADE = (
    "sky|royal|navy|baby|hot|neon|forest|grass|lime|lemon|banana|blood|fire|cherry|rose|tomato|pumpkin|carrot|"
    "strawberry|deep|pale|bright|pastel|electric|vivid|soft|muted"
)
_OWNED = r"(?!(?:an?|the|one|two|three|four|\d+|with|and|on|in|at|of|please)\b)\w+"
_ALL_OWNED = rf"{_OWNED}(?: {_OWNED}){{1,2}}{END}"  # up to the end of what is said
_WHOSE = "(?:my|our|your|his|her|their)"
_COLOR = "|".join([*COLORS, *PLAIN])
_ENGLISH_DIE = (
    "an?|one|single|my|big|large|huge|small|tiny|little|medium|retro|vintage|cartoon|comic|red|blue|green|the"
)
_ADDS_TO = "and|on|at|next|left|right|above|below|under|over|with|to|beside|near"  # after a noun, in English


def _styles(end: str, said: str) -> dict[str, str]:
    """A style up to the end of what is said; in a prompt it is that of all things."""
    return {
        rf"^ *({_STYLE})(?: *(?:stil|styled?|look|version))?{end}": said.removeprefix(", "),
        rf"(?:in|as|im|als)(?: an?| the)? +({_STYLE})(?: *(?:stil|style))?{end}": said,
        rf"(?:(?:dans un |en )?style|(?:en )?estilo|(?:in |nello )?stile)(?: de| di)? +({_STYLE}){end}": said,
    }


_PICTURE = "(?:picture|image|photo|pic|sticker|emoji|icon|clip ?art|decal|drawing)s?"
_BESIDES_PLACES = {
    r"dessins? anim[ée]s?|carton[ei] animat[oi]|dibujos? animados?": "cartoon",
    r"comic (?:book|strip)(?=[- ](?:styled?|look|art|design))": "cartoon",
    r"(?:(?:pencil|ink|rough|quick) )?(?:sketch|outline|doodle)(?:es|s)? of": "line_art",
    r"colou?ring (?:page|book)(?: style)?(?: of)?": "line_art",
    r"line(?: |-)?(?:art|drawings?|drawn|work)|(?:pencil|ink) (?:drawing|sketch)": "line_art",
    r"dessin au trait|dibujo (?:de|a) l[íi]neas?": "line_art",
    rf"({_STYLE})(?:[- ]?(?:styled?|design|look|version))": r"\1",
    **_styles(END, r", them \1 ,"),
    r"(?:in|at|during) (?:the )?(?:night(?:time)?|dark(?:ness)?|midnight)": "night",
    r"(?:under|beneath|against|in|below) (?:an? |the )?(?:(?:starry|dark) )?"
    r"(?:night ?sky|starry sky|stars|moonlight)|by night|night sky|starry night|after dark": "night",
    r"starry": "night",
    r"old[- ](?:school|fashioned|timey|time|style|looking)|(?:19)?[2-8]0'?s(?: styled?)?": "retro",
    r"grassy (?=meadow|field|lawn|pasture|park)": "",
    rf"(?:{_SHADE})(?= (?:{_COLOR})\b)": "shade!",
    rf"(?:^|(?<=, ))(?:top|above){END}": "~at:above",
    rf"(?:^|(?<=, ))(?:bottom|below|underneath){END}": "~at:below",
    rf"(?:(?:to )?(?:stick|put|slap|place)|looks?(?: \w+)?) on {_WHOSE} (?:{_ALL_OWNED}|{_OWNED})"
    rf"|for {_WHOSE} (?:{_ALL_OWNED}|{_OWNED})": "!",
    r"mid(?:dle)?[- ]sized?|(?:average|normal|regular)[- ]sized?": "medium",
    r"in (?:an? |the )?(?:green )?(meadow|grass|lawn)": r"on \1",
    rf"(?:{_ABOVE}) {_IT}": "~its:above",
    rf"(?:{_BELOW}) {_IT}": "~its:below",
    rf"(?:{_ABOVE})(?: an?| the)? (table|desk|meadow|grass|lawn|tisch|mesa)": r"on \1",
    rf"(?:in|inside|im|dans|en)(?= (?:an?|the|einer|einem|une?|una) (?:{'|'.join(_HOLLOW)})\b)": "~no",
    rf"(?:up|high) (?:above|top|high|there){END}": "~at:above",
    rf"down (?:below|under|low|there){END}": "~at:below",
    _ABOVE: "~of:above",
    _BELOW: "~of:below",
    rf"(?:at|on|in) (?:the |its )?top(?: half)?|oben|en haut|arriba{END}": "~at:above",
    rf"(?:at|on|in) (?:the |its )?bottom(?: half)?|unten|en bas|abajo{END}": "~at:below",
    rf"({_ENGLISH_DIE}) die": r"\1 die_",
    rf"die(?= (?:[1-9] )?(?:,|$)| (?:{_ADDS_TO})\b)": "die_",
    r"(un|le) lit": r"\1 bed",
    r"(un|du|le|el) (?:pain|pan)": r"\1 loaf_of_bread",
    r"(un|petit|gros|grand|l'|the|cet) ?ours": r"\1 bear",
    r"(deux|trois|quatre) ours": r"\1 bears",
    r"(ein|das) boot": r"\1 boat",
    r"(ein|der|den|einen) hut": r"\1 top_hat",
    r"(una|la) rosa": r"\1 rose",
    r"pairs? of (?=glass|sungl|scissors|skis|headph)": "",
    r"one of (?:those|these|your)(?= \w)": "a",
    r"(slice|piece|cup|glass)s? of": "",
    rf"(?:an? )?({_STYLE}) {_PICTURE} of (two|three|four|[2-4]|some)": r"\2 \1",
    rf"{_PICTURE} of(?: (?:an?|the)(?= ))?": "",
    r"letters? [a-z]\b": "?",  # one to write, and none to send
    r"(?:a )?(?:selection|set) of": "",
}  # fmt: skip
LIKE = each(  # after a noun that only tells what the next one is like: "a star-shaped balloon"
    "shaped shape themed theme style styled print printed patterned flavored flavoured scented like"
)
MAKES_NO_PICTURE = each(  # besides FLUFF
    "plain sticker stickers emoji emojis decal decals clipart icon icons pic pics wanna gonna wish had been "
    "able possible thx ta cheers dear hiya imagine wonder wondering whether suppose guess basically "
    "definitely preferably today morning"
)
SCRIPTS_OF: dict[str, str] = {  # Chinese and Japanese
    "meadow": "草地上 草地 草原 草坪 草むら 芝生 草の上に 草の上の 草",
    "night": "夜空の下の 夜空の下に 夜晚 夜里 晚上 夜空 夜に 夜の 夜",
    "table": "桌子上 桌上 桌子 テーブルの上に テーブルの上の テーブル 机の上に 机の上の 机",
    "ground": "背景上的 背景上 背景に 背景で 背景",
    "line_art": "线条 线稿 線画",
    "cartoon": "卡通 漫画",
    "retro": "复古 レトロ",
    NEVER: "黑色 黑 黒い 黒色 黒 棕色 棕 褐色 咖啡色 茶色い 茶色",
    "flat": "扁平 フラット",
    "with": "在 と一緒に",
    "": "条 条的 头 匹 辆 架 朵 棵 枚 座 把 支 顶 艘 頭 羽 冊 台",
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
    "abuse airline applies apply bags balls bandana bar barren bars baseball bases basket baskets bata "
    "bate bath batman bats batter battle battles bays beach bead beams beans beard bears beat becs beda "
    "bede beeps beer bells belly bench bend bess better bid bide bied bight bills bind blackmail blanket "
    "blok bloom blow blows bluebell blur boar board boas bob boel bok bombed bond bone bones boo book "
    "boom boot boots bord bored borse boss bottled bottom boue bound bouse bowe bowls brain brains bread "
    "breen bres brick brown brush bucket buckets buddies bugs bull bulls buns bush bushes busts butter "
    "button cabin cable caes cale came camel camels camps canal candies candles candy caos capa cape "
    "capital caps cara card cards care cars cart cases cast castles cata cate cattle cave caves cellar "
    "chai chain chains chairs channel chaps chart chatter cheer chemist choir chopped circled clack "
    "click clicks cloak clothes cloudy clown clowns coat coats cock cocks conch controlled cook coors "
    "cord core corn coroner cos cosmic cough course cracker crackers cradle crag cran crane crash cream "
    "crew crow crowd crowds cucumber culs cupa cupe cups curb cut cuts dance dangers deer deum dick "
    "dicks digs dior dish dive dock docket doge dogma donor doo dood doof door doors doses dot dots "
    "douches dressed drown drowns drugs druk duce duco dust dyck fable fairy fakes fases fence fest fide "
    "fife figer fired fist flag flame flaming flock flocks floor flower flowers fog folk folks font foot "
    "fore fori fork form forms foro fort frame frees fress fries froh frown frowns fruit fucks gable "
    "gases gears girl girls glove gloves goat goats goose gotta grades grain grains graves greed greek "
    "greenhouse greet greg groom grooms ground hair hamster hand handle handles hands harbor hast hat "
    "hats hear heard hears hearth heat hells helmet hooks horn hornet hose hound house houses howls hub "
    "hunter hut island jacket jammer jar karge kegs keus kid kids king kiss kit kitchen kits kitts lacks "
    "lady lake lamb land landa leaf leaves letter letters lick light lights lime line lips lizard lizza "
    "lobster loci locket loco log magic magnets mali man mango map marker men messes mide might milk "
    "mion mirror mites mixe moans moin mon money monster monsters moo moose mop moron moss moth mother "
    "motor motto mountain mouth nears neck nest net nightmare nightmares norse nose note nurse ocean oil "
    "painter palm panel panther pants paper par park parties party password path pea peach pear pearl "
    "pearls peas peat pebble pencils pepper person piano pie pier pige pigeon pile pill pillow pin pine "
    "pini pions pipe pirate pits plane plate plates player plum pocket pole pond pool porch port portion "
    "pot potable potato potion prevent prevents prince princess punk queen racket rackets rain ram "
    "redhead rice ring rise rises river road robe robes robot robots rock rocked rocker rockets rocks "
    "roles roof room root rope ropes ross rotten rover rowe rows sail sails sake salad sand santa sar "
    "sark scars school sea seal settles shack shake shakes shale shape share shares sharp sheepish sheer "
    "sheet shelf shell shift shifts shine shit shite shoes shooter shop shops shore short shorts "
    "shoulder shower silverfish sins sip skate skid skirt skull sky sleep slider slips smell smile smoke "
    "snack snip snow soap sock socks sois soldier solves soon soup space spade spain spark speaker "
    "species spice spool spotlight stad staf stage stair stairs stake stakes stall stand star stare "
    "stars start starts stat state statue stays steak steep stone stool store storm stove street string "
    "subs sucks sugar sums sund swan sweater sweep swore sworn table tablet taci tack tai tail tale tank "
    "tao tasi tax taxes tea teacher team tent tetro thirst tied tiger timer times tin tire tires tirs "
    "tjes toad toast toes tower town toy track tracks trail trailer trained traitor traitors trans tred "
    "trick tricks trolley trophy truffle trumpet trunk tube tuck tues tuitar turkey twin vade van vest "
    "vine violet violin vision volcano vouch vroom wall walls wand watch water wave wheel whine whips "
    "whitefish whole wind window wing winners witch wizard wold woman women wood woof write yard"
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
        "alike:color", "alike:size", ",", "~no", "!", SHADE, NEVER, *places,
    ])  # fmt: skip


def style_signs() -> dict[str, str]:
    """The styles by their signs."""
    return {style.replace(" ", "_"): style for style in STYLES}


@cache
def english() -> dict[str, str]:
    """The sign of each English name of one or several."""
    several, one = dict[str, str](), dict[str, str]()
    for noun in nouns():
        for name in _in_english(noun):
            several |= dict.fromkeys(_plurals(name), plural_sign(noun))
            one[name] = sign_of(noun)
    return {
        **several,
        **one,
        **{plural(noun): plural_sign(noun) for noun in nouns()},
        **{noun: sign_of(noun) for noun in nouns()},
    }


def _in_english(noun: str) -> Iterator[str]:
    """A noun and its other names, each also as what it is: "a parrot bird"."""
    names = [noun, *(_plain(name) for name in ALSO.get(noun, "").split() if name.isascii())]
    kinds = [kind for kind, of_kind in KINDS.items() if noun.replace(" ", "_") in of_kind.split()]
    yield from names
    yield from (f"{name} {kind}" for kind in kinds for name in names if kind not in name.split(" "))


def _plurals(name: str) -> tuple[str, ...]:
    """What several are called, and what people take for it."""
    wrong = () if name.endswith("s") else (f"{name}s",)
    return (plural(name), *wrong, *([ODD_PLURALS[name]] if name in ODD_PLURALS else []))


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


_RED = ("rot", "rouge", "rojo", "红", "赤")


def _names() -> Iterator[tuple[str, str]]:
    """Nouns and what they are called elsewhere, those written here first."""
    for noun, also in ALSO.items():
        yield from ((noun, _plain(name)) for name in also.split())
    for noun, names in other_names().items():
        reds = _RED if noun in PAINTED else ()  # of which red is one colour: "rotes Herz"
        usual = (name for name in names if name not in NO_NAMES)
        yield from ((noun, _plain(name)) for name in usual if not any(red in name for red in reds))


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
        **{name.replace(" ", ""): sign for name, sign in english().items() if " " in name},
        **dict.fromkeys(TOO_MANY, "many"),
        **dict.fromkeys(NOT_WORDS, "not"),
        "die": "the", "but": ",", "sol": "sun", "dice": "dice",
    }  # fmt: skip


@cache
def phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is said in several words besides names."""
    return phrases_of({**_BESIDES_PLACES, **PLACES_AND_NUMBERS})


_END_OF_STYLE = r"(?= *(?:,|$)| (?:and|please|bitte|thanks)\b|(?<=style)|(?<=stil))"


@cache
def edit_phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The same in instructions, where a style is that of one thing."""
    of_all, of_one = _styles(END, r", them \1 ,"), _styles(_END_OF_STYLE, r"\1")
    besides = {each: said for each, said in _BESIDES_PLACES.items() if each not in of_all}
    styled = {rf"(?:in |im |en )?(?:the |dem |el )?(?:style|stil|estilo) (?:of|de|von) +({_STYLE})": r"\1"}
    return phrases_of({**besides, **styled, **of_one, **PLACES_AND_NUMBERS})


@cache
def names() -> dict[str, str]:
    """The signs of what is called by several words."""
    return {name: sign for name, sign in (elsewhere() | english()).items() if " " in name}


@cache
def slips_of() -> tuple[str, ...]:
    """The words whose slips are read."""
    words = {*english(), *COLORS, *SIZES, *PLAIN, *BACKDROPS, "cartoon", "retro", "background"}
    joined = {word.replace(" ", "") for word in words}
    return tuple(sorted(word for word in words | joined if len(word) > 3 and word.isalpha()))
