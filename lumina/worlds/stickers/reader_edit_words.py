"""The words of stickers' instructions, besides those of its prompts and of all instructions."""

from dataclasses import replace
from functools import cache

from lumina.worlds.reading.edit_words import instructions
from lumina.worlds.reading.signs import Lexicon
from lumina.worlds.reading.words import each
from lumina.worlds.stickers.captions import RELATIONS
from lumina.worlds.stickers.reader import lexicon
from lumina.worlds.stickers.reader_words import END, edit_phrases

_VERBS: dict[str, str] = {  # of instructions, besides those of all worlds
    "drop": "droplet",
    "lamp": "light_bulb",
    **dict.fromkeys(("raise", "lift", "heb", "hebe", "monte", "sube"), "=move =way:above"),
    **dict.fromkeys(("descends", "baisse", "baja"), "=move =way:below"),
    **dict.fromkeys(("hoch", "rauf", "hinauf"), "=way:above"),
    **dict.fromkeys(("runter", "hinunter", "herunter"), "=way:below"),
    **dict.fromkeys(each("rotate flip mirror spin tilt spiegele kippe pivote rota voltea"), "=rotate"),
    **dict.fromkeys(("give", "gib", "donne", "dale"), "=give"),  # a colour, and no other thing
}
_AT_THE = "(?:at|to|towards?|on|in)(?: the)?(?: very)?"
_AT_ALL = r"(?! ?-?(?:left|right|of|corner|edge|half)\b)"
_TURN = "(?:turn|dreh|drehe|tourne|gira)"
_TURNED = "(?:left|right|up|down|around|round|over|upside down|backwards?|um|links|rechts)"
_WEAK = {  # of German, as several are called and one in the accusative: "den Löwen"
    "löwen": "lion", "bären": "bear", "teddybären": "teddy_bear", "affen": "monkey", "hasen": "rabbit",
    "elefanten": "elephant", "drachen": "dragon", "welpen": "dog", "kraken": "octopus", "planeten": "planet",
    "diamanten": "diamond", "ochsen": "cow",
}  # fmt: skip
_PHRASES: dict[str, str] = {
    "un (?:poco|peu)|ein (?:bisschen|wenig)": "",
    r"^ *drop(?= (?:the|this|that)\b)": "=remove",
    r"(?:up )?(?:on (?:the )?top of|higher(?: up)? than)": "~of:above",
    r"lower(?: down)? than|down (?:below|under)": "~of:below",
    rf"{_AT_THE} top{_AT_ALL}": "=way:above",
    rf"{_AT_THE} bottom{_AT_ALL}": "=way:below",
    rf"(?:face|facing|(?:look|point)(?:s|ing)?) (?:to(?:wards)? )?(?:the )?{_TURNED}": "=rotate",
    rf"{_TURN}(?! (?:the )?light)((?: \w+)*?)(?: (?:to|to the|nach))? {_TURNED}{END}": r"=rotate \1",
    **{
        rf"((?:d[enm]+|des|eine[nms]|vom|zum)(?: \w+)?) {several}": rf"\1 {one}"
        for several, one in _WEAK.items()
    },
}


@cache
def edit_lexicon() -> Lexicon:
    """The words that are looked up in instructions."""
    scripts = {**lexicon().scripts, "在": "on"}  # and no "with", as among the things of a picture
    prompts = replace(lexicon(), phrases=edit_phrases(), scripts=scripts)
    return instructions(prompts, RELATIONS, _VERBS, _PHRASES)
