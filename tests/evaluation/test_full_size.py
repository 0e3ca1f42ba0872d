"""The benchmark of full-size models, on sizes that a CPU runs at once."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lumina.errors import InputError
from lumina.evaluation import full_size, loading, transformers_loop
from lumina.model.config import MODELS, MoVQConfig, TransformerConfig
from lumina.settings import Settings
from lumina.steps import finish

CONFIG = TransformerConfig(
    vocab_size=400, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=4,
)  # fmt: skip
MOVQ = MoVQConfig(ch=32, ch_mult=(1, 1, 1, 1), num_res_blocks=1, n_embed=64, embed_dim=4, z_channels=4)
SPEC = replace(MODELS["omni"], name="tiny", transformer=CONFIG, default_size=(64, 64))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    steps = full_size.run(
        SPEC, Settings(device="cpu", dtype="float32", has_dtype=True), windows=(1, 8), movq=MOVQ
    )
    return finish(steps)


def test_every_figure_is_there(found: dict[str, Any]) -> None:
    assert found["size"] == [64, 64] and found["weights"] == "random" and found["dtype"] == "float32"
    assert list(found["ms_per_step"]) == ["1", "8"]
    assert all(pace > 0 for pace in found["ms_per_step"].values())
    assert found["seconds_per_image"] > 0 and found["decode_seconds"] > 0
    assert found["copy_gb_per_second"] > 0 and found["share_of_copy"] > 0
    assert found["reference_loop"]["ms_per_token"] > 0
    assert found["int8"].keys() & {"skipped", "memory"}
    assert found["picture_memory"] is None  # counted on GPUs


def test_a_model_without_sizes_is_refused() -> None:
    with pytest.raises(InputError, match="sizes"):
        finish(full_size.run(MODELS["tabletop"], Settings()))


def test_a_model_that_does_not_fit_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "free_memory", lambda _: 8e9)
    monkeypatch.setattr(full_size.Bench, "transformer", lambda *_: pytest.fail("made"))
    with pytest.raises(InputError, match="needs"):
        finish(full_size.run(MODELS["omni"], Settings(device="cpu")))


def test_without_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise ImportError

    monkeypatch.setattr(transformers_loop, "_model", missing)
    bench = full_size.Bench(CONFIG, MOVQ, Settings(device="cpu"), (64, 64))
    assert (
        "pip install"
        in transformers_loop.loop_seconds(CONFIG, bench.layout, 8, bench.dtype, bench.device)["skipped"]
    )


def test_reading_a_checkpoint_takes_little_more_than_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small one, whose share says little; `lumina eval loading` measures one of 1.5 GB."""
    figures = finish(loading.run(tmp_path, 0.28))
    assert figures["weights"] > 2e8
    assert figures["peak"] > figures["before"]
    assert figures["peak_per_weights"] < 1.5


def test_generate_with_a_cache_of_fixed_size() -> None:
    bench = full_size.Bench(CONFIG, MOVQ, Settings(device="cpu"), (64, 64))
    found = transformers_loop.loop_seconds(CONFIG, bench.layout, 8, torch.float32, bench.device, "static")
    assert found["ms_per_token"] > 0 and found["seconds_per_image"] >= 0
