"""Weights as integers: close to the originals, smaller, and a plain sentence where they cannot be."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn

from lumina.errors import InputError
from lumina.model.checkpoint import load_transformer, loading, save_transformer
from lumina.model.checkpoint.shrinking import shrinker
from lumina.model.layout import TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish


@pytest.fixture
def folder(tmp_path: Path, tiny_transformer: Callable[..., Transformer]) -> Path:
    save_transformer(tiny_transformer(torch.float32), tmp_path, torch.float32)
    return tmp_path


def eighth(weight: Tensor) -> Tensor:
    """Rounded to 8 bits a row, as a plain tensor: what any shrinking does to the numbers."""
    scale = weight.abs().amax(dim=1, keepdim=True) / 127
    return (weight / scale).round() * scale


def test_the_originals_are_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "shrinker", lambda quant, *_: None if quant == "none" else eighth)
    small, whole = load_transformer(folder, quant="int8"), load_transformer(folder)
    names = [name for name, weight in small.named_parameters() if weight.is_meta]
    assert len(names) == 7 * whole.config.num_hidden_layers
    assert all(name.endswith("_proj.weight") for name in names)
    ids = torch.arange(20)[None]
    gap = (small(ids) - whole(ids)).abs() / whole(ids).std()
    assert 0 < gap.mean() < 0.05


def test_a_shrunk_model_draws_but_only_in_its_own_precision(
    folder: Path, vocabulary: Vocabulary, layout: TokenLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "shrinker", lambda quant, *_: None if quant == "none" else eighth)
    engine = Engine(load_transformer(folder, quant="int8", drawing=vocabulary), vocabulary, small_cache=True)
    prompt = (2, 30, 31, 5, 9)
    drawn = finish(engine.generate(TokenRequest(prompt, layout, SamplingOptions(guidance_scale=3))))
    assert drawn.codes.shape == (8, 4)
    with pytest.raises(InputError, match="LUMINA_DTYPE"):
        engine.generate(TokenRequest(prompt, layout, SamplingOptions(dtype="float64")))


def test_without_torchao(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)
    with pytest.raises(InputError, match="pip install torchao"):
        shrinker("int8", torch.bfloat16, "cpu")
    assert shrinker("none", torch.bfloat16, "cpu") is None


def test_torchao_is_asked_for_what_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    fake, asked = ModuleType("torchao.quantization"), []
    fake.Int8WeightOnlyConfig = lambda **options: ("int8", options)  # type: ignore[attr-defined]
    fake.Int4WeightOnlyConfig = lambda **options: ("int4", options)  # type: ignore[attr-defined]

    def quantize_(holder: nn.Linear, config: object) -> None:
        asked.append(config)
        holder.weight = nn.Parameter(eighth(holder.weight.data), requires_grad=False)

    fake.quantize_ = quantize_  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torchao.quantization", fake)
    weight = torch.randn(6, 8)
    shrink = shrinker("int8", torch.float32, "cpu")
    assert shrink is not None
    torch.testing.assert_close(shrink(weight), eighth(weight))
    assert asked == [("int8", {"set_inductor_config": False})]
    with pytest.raises(InputError, match="GPU"):
        shrinker("int4", torch.bfloat16, "cpu")
    with pytest.raises(InputError, match="bfloat16"):
        shrinker("int4", torch.float32, "cuda")
    assert shrinker("int4", torch.bfloat16, "cuda") is not None


def test_torchao_itself(folder: Path) -> None:
    pytest.importorskip("torchao")
    small, whole = load_transformer(folder, quant="int8"), load_transformer(folder)
    ids = torch.arange(20)[None]
    gap = (small(ids) - whole(ids)).abs() / whole(ids).std()
    assert 0 < gap.mean() < 0.05
