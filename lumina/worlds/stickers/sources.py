"""Where the drawings come from: emoji of npm packages, pinned, rasterised into one sheet by a command.

``python -m lumina.worlds.stickers.sources --cache runs/emoji`` fetches the packages with ``npm pack``,
wherever npm is configured to fetch from, checks them and writes the sheet anew. It needs npm and
``requirements-train.txt``.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.errors import InputError
from lumina.worlds.stickers.nouns import NOUNS, STRANGERS, entries
from lumina.worlds.stickers.sprites import ART, COLUMNS, NAMES, OTHER_NAMES, SHEET, tile_of

PACKAGES = {  # by style: name, version, integrity
    "flat": (
        "@iconify-json/fluent-emoji-flat", "1.2.6",
        "RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==",
    ),
    "line art": (
        "@iconify-json/fluent-emoji-high-contrast", "1.2.6",
        "esqhZPpkrF7sNX3NsLoh8KW64okEr/bzko7WNnFP+qTJGAqDPDYjp0925yxuivXy3HtVQB8xhIKu3+Nq1byX5w==",
    ),
    "cartoon": (
        "@iconify-json/noto", "1.2.9",
        "DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==",
    ),
    "retro": (
        "@iconify-json/noto-v1", "1.2.5",
        "/DsVMius69Q0fRS53z7QK1TROSuar606jiIx+laXtdsYGMXpf6LtHBx6CGfoo3UHHb/XpBsw+1L1x3eyPqMuVA==",
    ),
}  # fmt: skip
KEYWORDS = (
    "emojibase-data", "17.0.0",
    "Yvgb5AWoHViHV/gq1qr5ZAarcBip+B27/ZLRsUJkbgAEaLlZ/fof9g882LTpmEpyhBNEC0m2SEmItljHsTygjA==",
)  # fmt: skip
LANGUAGES = ("de", "fr", "es", "zh", "ja")  # in which nouns are understood, besides English
_OF_FACES = re.compile(  # "tête de chat", "cara de gato", "猫脸": a name of the animal
    r"^(?:t[êe]te de |cara de |part de |cuña de )|(?:gesicht|の顔|脸|头)$"
)
INK = "#26262c"  # what line art is drawn in
FINE = 4  # times finer an icon is rasterised than it is kept
ALIKE = 0.05  # mean difference, of the full range, below which two styles of a noun are one
LEAST_STYLES = 2


def fetched(package: Sequence[str], cache: Path) -> Path:
    """The archive of a package, from the cache or fetched; raises InputError where it is another one."""
    name, version, integrity = package
    file = cache / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not file.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise InputError("The drawings are fetched with npm, which is not installed.")
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run([npm, "pack", f"{name}@{version}", "--silent"], cwd=cache, check=True)
    found = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
    if found != integrity:
        raise InputError(f"{file} is not {name} {version} as it was published; delete it and try again.")
    return file


def member(archive: Path, name: str) -> Any:
    """A JSON file in a package."""
    with tarfile.open(archive) as files:
        stream = files.extractfile(f"package/{name}")
        assert stream is not None
        return json.load(stream)


def drawing(icons: Mapping[str, Any], name: str) -> NDArray[np.uint8] | None:
    """An icon as it is kept, RGBA [ART, ART, 4], filling its square; None where the package has none."""
    while name in icons.get("aliases", {}):
        name = icons["aliases"][name]["parent"]
    icon = icons["icons"].get(name)
    if icon is None:
        return None
    import resvg_py  # of the training alone

    width, height = (icon.get(side, icons.get(side, 16)) for side in ("width", "height"))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{ART * FINE}" height="{ART * FINE}" color="{INK}" '
        f'viewBox="{icon.get("left", 0)} {icon.get("top", 0)} {width} {height}">{icon["body"]}</svg>'
    )
    return _fitted(Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA"))


def _fitted(image: Image.Image) -> NDArray[np.uint8]:
    """What is drawn in an image, as large as the square allows, in its middle, with fewer colours."""
    box = Image.fromarray((np.asarray(image)[..., 3] > 8).astype(np.uint8)).getbbox()
    cut = image.crop(box).convert("RGBa")
    scale = ART / max(cut.size)
    size = [max(1, round(side * scale)) for side in cut.size]
    small = np.asarray(cut.resize((size[0], size[1]), Image.Resampling.LANCZOS).convert("RGBA"))
    tile = np.zeros((ART, ART, 4), np.uint8)
    left, top = ((ART - side) // 2 for side in size)
    tile[top : top + size[1], left : left + size[0]] = _rounded(small)
    return tile


def _rounded(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Six bits for each colour, four for the alpha: what nobody sees would make the file twice as large."""
    colour = (pixels[..., :3] // 4 * 4 + pixels[..., :3] // 64).astype(np.uint8)
    alpha = ((pixels[..., 3].astype(int) + 8) // 17 * 17).astype(np.uint8)
    return np.where(alpha[..., None] > 0, np.dstack([colour, alpha]), 0).astype(np.uint8)


def _apart(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Mean difference of two drawings on white, where either is."""
    over = [t[..., :3] * (t[..., 3:] / 255.0) + 255.0 - t[..., 3:] for t in (a, b)]
    either = (a[..., 3] > 127) | (b[..., 3] > 127)
    return float(np.abs(over[0] - over[1]).mean(-1)[either].mean() / 255)


def drawings(icons: Mapping[str, Any], emoji: str) -> dict[str, NDArray[np.uint8]]:
    """A noun's drawings by style, without those that are like one before."""
    found: dict[str, NDArray[np.uint8]] = {}
    for style, of_style in icons.items():
        tile = drawing(of_style, emoji)
        if tile is not None and all(_apart(tile, other) > ALIKE for other in found.values()):
            found[style] = tile
    return found


def build(cache: Path) -> int:
    """Write the sheet and its names; returns the number of drawings."""
    icons = {style: member(fetched(package, cache), "icons.json") for style, package in PACKAGES.items()}
    keywords = _keywords(member(fetched(KEYWORDS, cache), "en/data.json"))
    names: dict[str, Any] = {}
    tiles: list[NDArray[np.uint8]] = []
    for noun, emoji in (entries(NOUNS) | entries(STRANGERS)).items():
        found = drawings(icons, emoji)
        if len(found) < LEAST_STYLES:
            raise InputError(f'There are too few drawings of "{noun}".')
        names[noun] = {"styles": list(found), "keywords": keywords.get(emoji, [])}
        tiles += found.values()
    rows = -(-len(tiles) // COLUMNS)
    sheet = np.zeros((rows * ART, COLUMNS * ART, 4), np.uint8)
    for place, tile in enumerate(tiles):
        sheet[tile_of(place)] = tile
    SHEET.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(SHEET, lossless=True, quality=100, method=6, exact=False)
    NAMES.write_text(json.dumps(names, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return len(tiles)


def build_names(cache: Path) -> int:
    """Write what the nouns are called in other languages; returns the number of names."""
    archive = fetched(KEYWORDS, cache)
    english = {_slug(one["label"]): one["hexcode"] for one in member(archive, "en/data.json")}
    found: dict[str, list[str]] = {noun: [] for noun in entries(NOUNS)}
    for language in LANGUAGES:
        by_code = {one["hexcode"]: one for one in member(archive, f"{language}/data.json")}
        said = {noun: by_code[english[emoji]] for noun, emoji in entries(NOUNS).items()}
        for noun, names in _names(said).items():
            found[noun] += [name for name in names if name not in found[noun]]
    OTHER_NAMES.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return sum(map(len, found.values()))


def _names(said: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """By noun its label without "face of", and the tags within that label that no other noun has."""
    names: dict[str, list[str]] = {}
    for noun, one in said.items():
        label = one["label"].lower().replace("’", "'")
        tags = [tag for tag in one.get("tags", []) if tag in label]
        names[noun] = list(
            dict.fromkeys([*([] if label.endswith("gesicht") else [_OF_FACES.sub("", label)]), *tags])
        )
    of = Counter(name for found in names.values() for name in found)
    return {
        noun: [name for name in found if of[name] == 1 and (len(name) > 1 or not name.isascii())]
        for noun, found in names.items()
    }


def _slug(label: str) -> str:
    return "-".join(label.lower().replace("’", "").replace(".", "").split()).replace(":", "")


def _keywords(emoji: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Words for what an emoji shows, by its name."""
    return {_slug(one["label"]): list(one.get("tags", [])) for one in emoji}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("runs/emoji"), help="folder of the packages")
    options = parser.parse_args()
    build(options.cache)
    build_names(options.cache)
