"""Colours in figures, as ``#00f``, ``rgb(0, 0, 255)`` or ``hsl(240, 100%, 50%)``, by their names."""

import re
from colorsys import hls_to_rgb, rgb_to_hls

_FIGURE = r"\s{0,9}(\d{1,3}(?:\.\d{1,9})?%?)(?:deg|°)?\s{0,9}"
_CODE = re.compile(
    r"(?<![\w&])(?:#([0-9a-f]{6}|[0-9a-f]{3})(?![\w-])"
    rf"|(rgb|hsl)a?\({_FIGURE}[,\s]{_FIGURE}[,\s]{_FIGURE}(?:[,/]\s{{0,9}}[\d.]{{1,9}}%?\s{{0,9}})?\))",
    re.IGNORECASE,
)
_WHITE, _BLACK, _GREY = 0.93, 0.08, 0.12  # the least lightness, the most lightness, the most saturation
_HUES = (  # up to a hue in degrees: what is dark, and up to which lightness; the name; what is light
    (15, ("red", 0.0, "red", 0.7, "pink")),
    (45, ("brown", 0.38, "orange", 1.0, "")),
    (70, ("yellow", 0.0, "yellow", 1.0, "")),
    (165, ("green", 0.0, "green", 1.0, "")),
    (192, ("cyan", 0.0, "cyan", 1.0, "")),
    (255, ("blue", 0.0, "blue", 1.0, "")),
    (290, ("purple", 0.0, "purple", 1.0, "")),
    (345, ("purple", 0.4, "pink", 1.0, "")),
    (360, ("red", 0.0, "red", 0.7, "pink")),
)


def with_names(text: str) -> str:
    """``text`` with the name of a colour in place of each code of one."""
    return _CODE.sub(_named, text)


def _named(code: re.Match[str]) -> str:
    digits, kind, *figures = code.groups()
    if digits is None:
        return _name(*(_of_hsl if kind.lower() == "hsl" else _of_rgb)(*figures))
    is_word = digits.isalpha() and {*digits.lower()} != {"f"}
    is_number = digits.isdecimal() and len(digits) == 3 and digits != "000"
    if is_word or is_number:  # "#add", "#123"
        return code[0]
    size = len(digits) // 3
    red, green, blue = (digits[at : at + size] * (3 - size) for at in range(0, len(digits), size))
    return _name(int(red, 16) / 255, int(green, 16) / 255, int(blue, 16) / 255)


def _of_rgb(red: str, green: str, blue: str) -> tuple[float, float, float]:
    return _share(red, 255), _share(green, 255), _share(blue, 255)


def _of_hsl(hue: str, saturation: str, lightness: str) -> tuple[float, float, float]:
    return hls_to_rgb(_share(hue, 360) % 1, _share(lightness, 100), _share(saturation, 100))


def _share(figure: str, most: int) -> float:
    return min(float(figure.rstrip("%")) / (100 if figure.endswith("%") else most), 1)


def _name(red: float, green: float, blue: float) -> str:
    hue, lightness, saturation = rgb_to_hls(red, green, blue)
    if lightness >= _WHITE or lightness <= _BLACK:
        return "white" if lightness >= _WHITE else "black"
    if saturation <= _GREY:
        return "grey"
    dark, darkest, name, lightest, light = next(names for most, names in _HUES if hue * 360 <= most)
    return dark if lightness < darkest else light if lightness > lightest else name
