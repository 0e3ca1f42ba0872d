"""MoVQGAN against the reference's numbers: codes of pictures, pixels of codes, given panels of a prompt."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from lumina.model.checkpoint import load_movqgan
from lumina.model.layout import TokenLayout
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from tests.parity.golden import Golden
from tests.parity.hashweights import movq_weights


@pytest.fixture
def movqgan(golden: Golden, tmp_path: Path) -> MoVQGAN:
    """Built as the published file is: a pickled flat dictionary, with keys of a loss that must be ignored."""
    weights = {
        key: torch.from_numpy(value) for key, value in movq_weights(golden.folder / "movq/spec.json").items()
    }
    torch.save({**weights, "loss.logvar": torch.zeros(())}, tmp_path / "movqgan_270M.ckpt")
    (tmp_path / "movq_config.json").write_bytes((golden.folder / "movq/movq_config.json").read_bytes())
    return load_movqgan(tmp_path)


def pixels(image: Tensor) -> Tensor:
    """uint8 [height, width, 3] → [1, 3, height, width] in [-1, 1]."""
    return image.permute(2, 0, 1)[None].float() / 255 * 2 - 1


def on_white(path: Path) -> Tensor:
    """A picture as uint8 [height, width, 3], blended on white and rounded down as the reference does it."""
    rgba = np.asarray(Image.open(path).convert("RGBA")).astype(np.float64)
    alpha = rgba[..., 3:] / 255
    return torch.from_numpy((rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8))


def test_codes_of_pictures(golden: Golden, movqgan: MoVQGAN) -> None:
    numbers = golden.tensors("movq")
    names = [name.removesuffix(".image") for name in numbers if name.endswith(".image")]
    assert len(names) >= 4
    for name in names:
        codes = movqgan.encode(pixels(numbers[f"{name}.image"]))
        assert torch.equal(codes[0], numbers[f"{name}.indices"])


def test_pixels_of_codes(golden: Golden, movqgan: MoVQGAN) -> None:
    numbers = golden.tensors("movq")
    names = [name.removesuffix(".codes") for name in numbers if name.endswith(".codes")]
    assert len(names) >= 5
    for name in names:
        drawn = movqgan.decode(numbers[f"{name}.codes"][None])
        torch.testing.assert_close(drawn, numbers[f"{name}.pixels"], atol=1e-4, rtol=0)
        rounded = ((drawn[0] + 1) * 127.5).round().clamp(0, 255).permute(1, 2, 0)
        assert (rounded - numbers[f"{name}.uint8"].float()).abs().max() <= 1


def test_given_panels_of_prompts(golden: Golden, movqgan: MoVQGAN) -> None:
    text = TextTokenizer.load(golden.model)
    prompts = [prompt for prompt in golden.records("prompts")["prompts"] if prompt["task"] == "i2i"]
    assert prompts
    for prompt in prompts:
        codes = movqgan.encode(pixels(on_white(golden.folder / "golden" / prompt["cropped"])))[0]
        layout = TokenLayout.of_size(prompt["width"], prompt["height"], text.vocabulary())
        assert [*text.encode(prompt["question"]), *layout.encode(codes).tolist()] == prompt["ids"]
