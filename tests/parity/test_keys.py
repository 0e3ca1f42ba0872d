"""The published checkpoints' lists of keys against our modules, built without memory."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from lumina.model.config import MOVQGAN_270M, TRANSFORMER_2B, TRANSFORMER_7B
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer

FACTS = Path(__file__).parent / "facts"


def keys(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FACTS / name).read_text())
    return found


@pytest.mark.parametrize(
    ("file", "build", "count", "parameters"),
    [
        ("keys_chameleon_7b.json", lambda: Transformer(TRANSFORMER_7B), 419, 7_880_273_920),
        ("keys_movqgan_270M.json", lambda: MoVQGAN(MOVQGAN_270M), 431, 270_669_103),
    ],
)
def test_keys_and_shapes(file: str, build: Any, count: int, parameters: int) -> None:
    facts = keys(file)
    with torch.device("meta"):
        model: nn.Module = build()
    ours = {name: list(value.shape) for name, value in model.state_dict().items()}
    published = {name: entry["shape"] for name, entry in facts["tensors"].items()}
    assert ours == published
    assert len(ours) == count == facts["n_keys"]
    assert sum(value.numel() for value in model.state_dict().values()) == parameters == facts["n_params"]


def test_the_2b_model_has_the_published_size() -> None:
    with torch.device("meta"):
        model = Transformer(TRANSFORMER_2B)
    assert sum(value.numel() for value in model.parameters()) == pytest.approx(2.85e9, rel=0.01)
