"""The words that free wording of tabletop is looked up in, besides those of all worlds (reading/words.py)."""

from lumina.worlds.reading.signs import SHADE, STUFF
from lumina.worlds.reading.words import (
    EAST_RELATIONS,
    GLUE,
    KINDS_OF_PLACE,
    NOT_WORDS,
    OTHER_SIGNS,
    OTHER_WORDS,
    PLACES_AND_NUMBERS,
    TOO_MANY,
    phrases_of,
    scripts_of,
)
from lumina.worlds.tabletop.captions import PLURALS
from lumina.worlds.tabletop.said_of import GROUND_WORDS
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SHAPES, SIZES
from lumina.worlds.tabletop.words import MEANINGS

_MORE: dict[str, str] = {  # other words for a sign, in several languages
    **OTHER_WORDS,
    "cyan": (
        "türkise türkiser türkises türkisfarbene turquesa cian turchese türkisen turquesas turchesi ciano"
    ),
    "metal": (
        "silver metall stahl metallisch metallische metallischer metallene metálico metálica métal "
        "métallique métalliques metálicas metallica metallico brillante gleaming glänzend glänzende "
        "glänzender polished silvery"
    ),
    "matte": "matter mattes mate mates mats matt matta opaco",
    "sphere": ("bol spheroid sphères sphère sphären boule bola pelota sfera ballon balle bal"),
    "spheres": (
        "bollen ballen balls orbs globes marbles bubbles kugeln bälle bällen boules sphères esferas bolas "
        "pelotas sfere palle "
        "balles"
    ),
    "cube": (
        "blok blokje wuerfel quader dé cubes quadrat carré cuadrado quadrato vierkant würfels "
        "kiste boîte caisse caja scatola doos caixa"
    ),
    "cubes": (
        "würfeln quadern blöcken kubussen blokken blokjes boxes blocks dices bricks crates squares cubos "
        "cubi dés "
        "kisten boîtes caisses cajas scatole caixas"
    ),
    "cylinder": "cylindre cilinder zylinders",
    "cylinders": (
        "zylindern cilinders cans tubes barrels pillars columns drums pipes tins cylindres cilindros cilindri"
    ),
    "cone": "cône kegels pirámide pyramide piramide",
    "cones": "pirámides pyramiden piramidi piramides pyramids funnels spikes kegeln cônes conos coni",
    "brown": (
        "brownish braun braune brauner braunes braunen braunem marron brun brune marrón castaño marrone "
        "oak walnut hölzern "
        "bruns marrones marroni bruin bruine marrom"
    ),
    "ground": (
        "boden untergrund hintergrund tisch grund fond sol suelo fondo mesa piso pavimento tavolo tavola "
        "sfondo floors backgrounds tabletops tables fläche "
        "achtergrond vloer tafel fundo chão"
    ),
    "daylight": "tag tags tageslicht mittags jour día giorno sunlight sunshine sunlit midday",
    "sunset": (
        "sonnenuntergang abends abend abenddämmerung dämmerung sundown crépuscule soir atardecer tramonto "
        "ocaso golden-hour twilight "
        "abendrot zonsondergang avond entardecer"
    ),
    "night": "nacht nachts nuit noche notte moonlight moonlit nite stars starry noite",
}
PHRASES = phrases_of(PLACES_AND_NUMBERS)
SCRIPTS_OF: dict[str, str] = {  # Chinese and Japanese
    **OTHER_SIGNS,
    "cyan": "青绿色 青色 水色 シアン",
    "cube": "立方体 正方体 长方体 方形 方块 箱子 盒子 立方 キューブ 箱 サイコロ 立方體 正方體 方塊",
    "sphere": "球体 圆球 球 ボール 玉 球形 球體 圓球",
    "cylinder": "圆柱体 圆柱 円柱 円筒 シリンダー 圓柱體 圓柱",
    "cone": "圆锥体 圆锥 円錐 円すい コーン 三角錐 圓錐體 圓錐",
    "metal": "金属的 金属 メタル 金属製",
    "matte": "哑光 磨砂 マット",
    "white ground": (
        "白色的背景 白色背景 白色地面 白色的地面 白色桌面 白い床 白い背景 白い地面 白い机 白背景 白いテーブル"
    ),
    "grey ground": "灰色背景 灰色地面 灰色的地面 灰色桌面 灰色の床 灰色の背景 グレーの床 グレーの背景",
    "brown ground": (
        "棕色背景 棕色地面 木桌 木地板 褐色地面 棕色桌面 茶色い床 茶色の床 木の床 木のテーブル 茶色の背景"
    ),
    "blue ground": "蓝色背景 蓝色地面 蓝色的地面 青い床 青い背景 蓝色桌面",
    "brown": "棕色 褐色 茶色い 茶色",
    "ground": "地面 背景 桌子 地板 桌面 床 テーブル 机",
    "night": "夜晚 夜里 晚上 夜间 夜に 夜",
    "sunset": "日落时 日落 黄昏 夕阳下 夕阳 傍晚 夕焼け 夕暮れ 夕日 夕方",
    "daylight": "白天 日光 昼間 昼",
}
_UPON = {  # "on a white ground", which stands before what is on it
    ground: " ".join(
        f"{name}{on}" for name in SCRIPTS_OF[ground].split() for on in ("上的", "上", "の上に", "の上の")
    )
    for ground in ("ground", "white ground", "grey ground", "brown ground", "blue ground")
}
SCRIPTS = scripts_of(
    {sign: f"{said} {_UPON.get(sign, '')}" for sign, said in SCRIPTS_OF.items()}, EAST_RELATIONS
)
STUFFS = frozenset(["marble", "brick", "tin"])  # before a noun: "a marble ball"
_PLACES = ("left_of", "right_of", "in_front_of", "behind")
SIGNS = frozenset([
    *SHAPES, *PLURALS, *COLORS, *MATERIALS, *SIZES, *GROUNDS, *LIGHTS, "ground", "a", "two", "three", "four",
    "many", "another", "not", *GLUE, "same!", "sames!", "alike:color", "alike:size", ",", "~no", "!",
    SHADE, STUFF,
    *(f"~{kind}:{place}" for kind in KINDS_OF_PLACE for place in _PLACES),
])  # fmt: skip
LOOKUP: dict[str, str] = {
    **{
        other: sign
        for sign, others in MEANINGS.items()
        for other in others.split()
        if other not in TOO_MANY and sign in SIGNS
    },
    **{other: sign for sign, others in _MORE.items() for other in others.split()},
    **dict.fromkeys(GROUND_WORDS, "ground"),
    **{sign: sign for sign in SIGNS},
    **dict.fromkeys(TOO_MANY, "many"),
    **dict.fromkeys(NOT_WORDS, "not"),
    **dict.fromkeys(("but", "sondern", "sino", "bensì", "maar", "mais"), ","),
    "wooden": "brown",
    "wood": "brown",
    "holz": "brown",
    "silver": "metal",
}
NOUNS = frozenset([*SHAPES, *PLURALS, "ground"])
_ENGLISH = SIGNS.union(*(others.split() for others in MEANINGS.values()))
SLIPS_OF = tuple(
    word
    for word, sign in LOOKUP.items()
    if word in _ENGLISH
    and word.isascii()
    and (len(word) > 3 or word == "red")
    and not sign.startswith("~")
    and sign not in (*GLUE, "a", "another")
    and word.isalpha()
)
