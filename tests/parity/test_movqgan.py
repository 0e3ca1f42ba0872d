"""MoVQGAN against the reference's numbers: codes of pictures, pixels of codes, given panels of a prompt."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from lumina.model.layout import TokenLayout
from tests.parity.golden import Golden


def pixels(image: Tensor) -> Tensor:
    """uint8 [height, width, 3] → [1, 3, height, width] in [-1, 1]."""
    return image.permute(2, 0, 1)[None].float() / 255 * 2 - 1


def levels(drawn: Tensor) -> Tensor:
    """[1, 3, height, width] → what a picture stores, [height, width, 3]; half to even."""
    return ((drawn[0] + 1) * 127.5).round().clamp(0, 255).permute(1, 2, 0)


def assert_same_levels(found: Tensor, wanted: Tensor) -> None:
    """Equal but for a rounding of one level in a thousandth of the values."""
    gap = (found - wanted.float()).abs()
    assert gap.max() <= 1
    assert (gap > 0).float().mean() < 1e-3


def on_white(path: Path) -> Tensor:
    """A picture as uint8 [height, width, 3], blended on white and rounded down as the reference does it."""
    rgba = np.asarray(Image.open(path).convert("RGBA")).astype(np.float64)
    alpha = rgba[..., 3:] / 255
    return torch.from_numpy((rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8))


def names(numbers: dict[str, Tensor], ending: str) -> list[str]:
    found = [name.removesuffix(ending) for name in numbers if re.search(rf"{re.escape(ending)}$", name)]
    assert found
    return found


@pytest.mark.numbers("movq")
def test_codes_of_pictures(golden: Golden) -> None:
    numbers = golden.tensors("movq")
    for name in names(numbers, ".indices"):
        latent = golden.movqgan.latent(pixels(numbers[f"{name}.image"]))
        torch.testing.assert_close(latent, numbers[f"{name}.z"], atol=1e-4, rtol=0)
        assert torch.equal(golden.movqgan.quantize(latent)[0], numbers[f"{name}.indices"])


@pytest.mark.numbers("movq")
def test_pixels_of_codes(golden: Golden) -> None:
    numbers = golden.tensors("movq")
    found, wanted = [], []
    for name in names(numbers, ".codes"):
        drawn = golden.movqgan.decode(numbers[f"{name}.codes"][None])
        torch.testing.assert_close(drawn, numbers[f"{name}.pixels"], atol=1e-4, rtol=0)
        if f"{name}.uint8" in numbers:
            found.append(levels(drawn).flatten())
            wanted.append(numbers[f"{name}.uint8"].flatten())
    if found:  # together, since of a picture of 384 values one alone would be more than a thousandth
        assert_same_levels(torch.cat(found), torch.cat(wanted))


@pytest.mark.numbers("prompts.json")
def test_given_panels_of_prompts(golden: Golden) -> None:
    prompts = [prompt for prompt in golden.records("prompts")["prompts"] if prompt["task"] == "i2i"]
    if not prompts:
        pytest.skip("holds no prompts with a given panel")
    for prompt in prompts:
        codes = golden.movqgan.encode(pixels(on_white(golden.folder / "golden" / prompt["cropped"])))[0]
        layout = TokenLayout.of_size(prompt["width"], prompt["height"], golden.text.vocabulary())
        assert [*golden.text.encode(prompt["question"]), *layout.encode(codes).tolist()] == prompt["ids"]


@pytest.mark.numbers("e2e.json")
def test_pictures_of_whole_runs(golden: Golden) -> None:
    numbers, vocabulary = golden.tensors("e2e"), golden.text.vocabulary()
    for run in golden.records("e2e"):
        layout = TokenLayout.of_size(*run["image_size"], vocabulary)
        ids = run["prompt_ids"] + run["new_ids"]
        codes = layout.decode(torch.tensor(ids[ids.index(vocabulary.image_start) :]))
        drawn = golden.movqgan.decode(codes[None])
        assert_same_levels(levels(drawn), numbers[f"{run['tag']}.image"])
