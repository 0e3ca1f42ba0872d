"""Configurations that are stored as recipes: other sizes and names, sharded, and with gaps."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from lumina.model.checkpoint import load_transformer
from lumina.model.config import MOVQGAN_270M, MoVQConfig, TransformerConfig
from lumina.model.transformer import Transformer
from tests.parity import golden
from tests.parity.building import find_spec, layout_of
from tests.parity.golden import Golden
from tests.parity.hashweights import weights

FROM = Path(__file__).parent / "data" / "A" / "model"
CONFIG = TransformerConfig(
    vocab_size=977, hidden_size=84, intermediate_size=100, num_hidden_layers=2, num_attention_heads=6,
    num_key_value_heads=3, model_parallel_size=3, attention_bias=True, rope_theta=500000.0, rms_norm_eps=1e-6,
)  # fmt: skip


@pytest.fixture
def recipe() -> dict[str, Any]:
    """Of a transformer that no stored configuration has."""
    with torch.device("meta"):
        tensors = {name: list(value.shape) for name, value in Transformer(CONFIG).state_dict().items()}
    return {"profile": "transformer", "seed": 5, "dtype": "F32", "tensors": tensors, "plant": [[692, 622]]}


@pytest.fixture
def configuration(tmp_path: Path, recipe: dict[str, Any]) -> Path:
    """One of another name, with an index of three files that have to be made."""
    folder = tmp_path / "other sizes"
    (folder / "model").mkdir(parents=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(FROM / name, folder / "model")
    content = {"config": CONFIG.to_dict(), "transformer": recipe, "layout": {"sep": 692}}
    (folder / "spec.json").write_text(json.dumps(content))
    names = [f"model-{number:05d}-of-00003.safetensors" for number in (1, 2, 3)]
    places = {key: names[number % 3] for number, key in enumerate(recipe["tensors"])}
    (folder / "model" / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    return folder


def test_shards_of_other_sizes_are_made(configuration: Path, recipe: dict[str, Any], tmp_path: Path) -> None:
    found = Golden(configuration, tmp_path / "built")
    transformer = load_transformer(found.model)
    assert transformer.config == CONFIG
    assert len(list(found.model.glob("*.safetensors"))) == 3
    state = transformer.state_dict()
    assert all(torch.equal(state[name], value) for name, value in weights(recipe).items())
    assert found.layout == {"sep": 692}


def test_what_a_configuration_lacks_is_skipped(configuration: Path, tmp_path: Path) -> None:
    found = Golden(configuration, tmp_path / "built")
    for read in (lambda: found.movqgan, lambda: found.tensors("e2e"), lambda: found.records("prompts")):
        with pytest.raises(pytest.skip.Exception, match="other sizes"):
            read()


def test_a_picture_tokenizer_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pictures only"
    folder.mkdir()
    (folder / "spec.json").write_text(json.dumps({"profile": "movq", "seed": 3, "dtype": "F16"}))
    spec = find_spec(folder, "movq")
    assert spec and len(spec["tensors"]) == 431
    assert MoVQConfig.from_dict(spec["movq_config"]) == MOVQGAN_270M
    assert find_spec(folder, "transformer") is None
    assert layout_of(folder) == {}


def test_configurations_are_found_by_their_files(
    configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "ROOT", configuration.parent)
    assert golden.configurations("transformer") == []
    (configuration / "golden").mkdir()
    (configuration / "golden" / "transformer.safetensors").touch()
    assert golden.configurations("transformer") == [configuration]
    monkeypatch.setattr(golden, "ROOT", configuration / "nowhere")
    with pytest.raises(pytest.UsageError, match="no folder"):
        golden.configurations("transformer")
