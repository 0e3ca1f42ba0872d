"""A person's own pictures with captions: found, cut to the model's sizes, encoded, and drawn samples from."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from lumina.errors import InputError, InvalidImage
from lumina.formats import ACCEPTED, HEAD, format_of
from lumina.images import cover, open_image
from lumina.model.checkpoint import load_movqgan
from lumina.model.layout import TokenLayout
from lumina.model.text import TextTokenizer
from lumina.steps import Progress, Steps
from lumina.tasks import instructions
from lumina.tasks.panels import nearest
from lumina.tasks.text_to_image import TextToImage
from lumina.training.codes import Codes, claim, save_codes
from lumina.training.samples import SIZE_DROP, Sample, prompt_ids, sentence
from lumina.training.tokenizer_trainer import to_pixels

LISTS = ("captions.jsonl", "metadata.jsonl")  # one JSON object a line: the picture's name and its caption
NAME_KEYS, CAPTION_KEYS = ("file_name", "file", "image"), ("text", "caption", "prompt")
Size = tuple[int, int]


def holds_own_pictures(folder: Path) -> bool:
    """Whether a folder is one of pictures rather than of rendered scenes."""
    return not any(folder.glob("scenes-*.npz")) and any(_pictures(folder))


def read_captions(folder: Path) -> dict[Path, str]:
    """The caption of every picture: from NAME.txt beside it, or from captions.jsonl or metadata.jsonl.

    Raises InputError if there are no pictures, naming a picture without a caption, or a line that is wrong.
    """
    listed = {name: words for file in LISTS for name, words in _listed(folder / file)}
    found: dict[Path, str] = {}
    for picture in sorted(_pictures(folder)):
        beside = picture.with_suffix(".txt")
        words = _text(beside) if beside.exists() else listed.get(picture.name, "")
        if not words.strip():
            raise InputError(
                f"{picture.name} has no caption; write it into {beside.name} beside it, or into {LISTS[0]}."
            )
        found[picture] = words.strip()
    if not found:
        raise InputError(f"{folder} holds no pictures; give a folder of PNG or JPEG files with captions.")
    return found


def _pictures(folder: Path) -> Iterator[Path]:
    """Files that are pictures by their content, those that cannot be read among them."""
    return (path for path in folder.glob("*") if path.is_file() and _is_picture(path))


def _is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        found = format_of(file.read(HEAD))
    return found is not None and (found.name in ACCEPTED or "; save it as" in found.refusal)


def _listed(file: Path) -> Iterator[tuple[str, str]]:
    """(picture's name, caption) of each line of a list, if there is one."""
    if not file.is_file():
        return
    for number, line in enumerate(_text(file).splitlines(), start=1):
        try:
            row: Any = json.loads(line) if line.strip() else {}
            name = next((row[key] for key in NAME_KEYS if key in row), None)
            words = next((row[key] for key in CAPTION_KEYS if key in row), None)
        except (ValueError, TypeError) as error:
            raise InputError(f"{file.name}, line {number} is no JSON object; write one a line.") from error
        if isinstance(name, str) and isinstance(words, str):
            yield Path(name).name, words
        elif row:
            raise InputError(f'{file.name}, line {number} needs "file_name" and "text".')


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file.name} cannot be read; save it as plain UTF-8 text.") from error


@dataclass(frozen=True)
class OwnPictures:
    """Captions, and the codes [pictures, rows, cols] of pictures of one size."""

    size: Size
    captions: tuple[str, ...]
    codes: Codes

    def __len__(self) -> int:
        return len(self.captions)


def encode_own(folder: Path, model: Path, out: Path, sizes: tuple[Size, ...]) -> Steps[Progress, int]:
    """Cut each picture to the nearest of the sizes and write its codes into `out`; returns their number.

    What has been encoded before is left alone. Raises InputError naming a picture that cannot be read.
    """
    pictures = list(read_captions(folder))
    out.mkdir(parents=True, exist_ok=True)
    claim(out, model)
    movqgan = load_movqgan(model)
    for done, picture in enumerate(pictures, start=1):
        target = out / f"{_key(picture)}.npy"
        if not target.exists():
            image = opened(picture)
            pixels = np.array(cover(image, *nearest(sizes, image.width / image.height)))
            with torch.inference_mode():
                save_codes(target, movqgan.encode(to_pixels(pixels[None]))[0].numpy())
        yield Progress(done, len(pictures), unit="pictures")
    return len(pictures)


def opened(picture: Path) -> Image.Image:
    """The picture in a file; raises InputError naming it."""
    try:
        return open_image(picture)
    except InvalidImage as error:
        raise InputError(f"{picture.name}: {error}") from error


def _key(picture: Path) -> str:
    return "own-" + hashlib.sha256(picture.read_bytes()).hexdigest()[:16]


def read_own(folder: Path, coded: Path, downsampling: int) -> dict[Size, OwnPictures]:
    """All encoded pictures with their captions, by (width, height) in pixels."""
    groups: dict[Size, list[tuple[str, Codes]]] = {}
    for picture, caption in read_captions(folder).items():
        codes = np.load(coded / f"{_key(picture)}.npy")
        size = (codes.shape[1] * downsampling, codes.shape[0] * downsampling)
        groups.setdefault(size, []).append((caption, codes))
    return {
        size: OwnPictures(size, tuple(words for words, _ in group), np.stack([codes for _, codes in group]))
        for size, group in groups.items()
    }


def check_captions(pools: Mapping[Size, OwnPictures], text: TextTokenizer, most: int) -> None:
    """Raises InputError for a caption that leaves its picture no room in a sequence of `most` tokens."""
    for (width, height), pool in pools.items():
        rows, cols = pool.codes.shape[1:]
        layout = TokenLayout(rows, cols, text.vocabulary(), codes_per_size=cols * 32 // width)
        for words in pool.captions:
            if len(text.encode(instructions.text_to_image(words, width, height))) > most - layout.length:
                raise InputError(f'The caption "{words[:40]}…" is too long to learn; shorten it.')


class Own:
    """Text to image from own pictures: the caption as it is written."""

    given = False

    def __init__(self, pool: OwnPictures, text: TextTokenizer) -> None:
        self._pool, self._text, self.size = pool, text, pool.size

    def sample(self, rng: np.random.Generator) -> Sample:
        """See Source."""
        i = int(rng.integers(len(self._pool)))
        size = self.size if rng.random() >= SIZE_DROP else (0, 0)
        words = sentence(TextToImage, {"prompt": self._pool.captions[i]}, *size)
        return Sample(prompt_ids(self._text, words, rng), self._pool.codes[i].astype(np.int64))


def own_sources(pools: Mapping[Size, OwnPictures], text: TextTokenizer) -> list[tuple[Own, float]]:
    """A source for each size, every picture as likely as any other."""
    return [(Own(pool, text), float(len(pool))) for pool in pools.values()]
