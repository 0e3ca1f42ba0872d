"""A person's pictures with captions become shards of tokens, as the published training reads them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from lumina.errors import InputError
from lumina.images import cover
from lumina.model.checkpoint import Place, load_movqgan
from lumina.model.layout import SIZE_PIXELS, TokenLayout, Vocabulary
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.steps import Progress, Steps
from lumina.tasks import instructions
from lumina.tasks.panels import nearest
from lumina.training.averaging import TEXT_TOKENIZER, copy_tokenizers
from lumina.training.codes import claim
from lumina.training.own_pictures import opened, read_captions
from lumina.training.samples import SIZE_DROP
from lumina.training.token_shards import SHARD_SAMPLES, TokenSample, shard_path, write_tokens
from lumina.training.tokenizer_trainer import to_pixels

MOST_ASPECT = 4.0
Size = tuple[int, int]


def sizes_of(pixels: int) -> tuple[Size, ...]:
    """The (width, height) that pictures of about ``pixels`` × ``pixels`` are cut to, as published: for each
    width the largest height, in steps of 32, neither side more than four times the other."""
    cells = pixels // SIZE_PIXELS
    found = [(width, cells * cells // width) for width in range(1, cells * cells + 1)]
    return tuple(
        (width * SIZE_PIXELS, height * SIZE_PIXELS)
        for width, height in found
        if max(width / max(height, 1), height / width) <= MOST_ASPECT
    )


def write_shards(
    pictures: Path, model: Place, out: Path, pixels: int, device: torch.device
) -> Steps[Progress, int]:
    """Write a folder's pictures with their captions into ``out``/``pixels``, by the tokenizers of a model.
    Returns their number.

    Shards that are there are left alone, so this goes on where it stopped. Raises InputError naming a picture
    that cannot be read or has no caption, and where the shards are another picture tokenizer's.
    """
    if pixels < SIZE_PIXELS or pixels % SIZE_PIXELS:
        raise InputError(f"Pictures of {pixels} pixels have no tokens; give --pixels a multiple of 32.")
    captions = sorted(read_captions(pictures).items())
    folder = out / str(pixels)
    folder.mkdir(parents=True, exist_ok=True)
    claim(out, model.movqgan, "--out")
    copy_tokenizers(model.folder, out, [TEXT_TOKENIZER])
    text, movqgan = TextTokenizer.load(model.folder), load_movqgan(model.movqgan, device=device)
    writer = _Writer(text, movqgan, text.vocabulary(), sizes_of(pixels), device)
    for number, start in enumerate(range(0, len(captions), SHARD_SAMPLES)):
        part = captions[start : start + SHARD_SAMPLES]
        if not shard_path(folder, number).exists():
            samples = []
            for done, sample in enumerate(writer.samples(part), start=start + 1):
                samples.append(sample)
                yield Progress(done, len(captions), unit="pictures")
            write_tokens(shard_path(folder, number), samples)
        yield Progress(start + len(part), len(captions), unit="pictures")
    return len(captions)


class _Writer:
    """Makes samples of pictures and captions."""

    def __init__(
        self,
        text: TextTokenizer,
        movqgan: MoVQGAN,
        vocabulary: Vocabulary,
        sizes: tuple[Size, ...],
        device: torch.device,
    ) -> None:
        self._text, self._movqgan, self._vocabulary = text, movqgan, vocabulary
        self._sizes, self._device = sizes, device

    def samples(self, captions: list[tuple[Path, str]]) -> Iterator[TokenSample]:
        for picture, words in captions:
            image = opened(picture)
            width, height = nearest(self._sizes, image.width / image.height)
            pixels = to_pixels(np.array(cover(image, width, height))[None]).to(self._device)
            with torch.inference_mode():
                codes = self._movqgan.encode(pixels)[0].cpu()
            yield self._sample(words, codes, width, height)

    def _sample(self, words: str, codes: torch.Tensor, width: int, height: int) -> TokenSample:
        seed = hashlib.sha256(words.encode()).digest()
        is_sized = np.random.default_rng(list(seed)).random() >= SIZE_DROP
        told = (
            instructions.text_to_image(words, width, height)
            if is_sized
            else (instructions.text_to_image_unsized(words))
        )
        given = self._text.encode(told)
        per_size = codes.shape[1] * SIZE_PIXELS // width
        layout = TokenLayout(codes.shape[0], codes.shape[1], self._vocabulary, codes_per_size=per_size)
        ids = [*given, *layout.encode(codes).tolist(), self._vocabulary.separator]
        return TokenSample(np.array(ids, np.int32), len(given))
