"""The mean of two models is a model that can be loaded, and unlike models are refused in one sentence."""

import shutil

import pytest
import torch

from lumina.errors import InputError
from lumina.model.checkpoint import load_transformer, save_transformer, verify, write_manifest
from lumina.model.config import TransformerConfig
from lumina.model.transformer import Transformer
from lumina.training.averaging import average_models
from tests.training.tiny import TINY_TRANSFORMER


@pytest.fixture
def folder_of(tmp_path):
    """Writes a tiny model with random weights, and what stands for its tokenizers."""

    def write(name, seed, words="{}", **sizes):
        folder = tmp_path / name
        folder.mkdir()
        config = TransformerConfig(vocab_size=40, **{**TINY_TRANSFORMER, **sizes})
        save_transformer(Transformer(config).initialise(seed), folder)
        (folder / "tokenizer.json").write_text(words)
        write_manifest(folder)
        return folder

    return write


def test_every_weight_is_the_mean_of_the_models(folder_of, tmp_path):
    folders = [folder_of("a", 1), folder_of("b", 2), folder_of("c", 3)]
    out = average_models(folders, tmp_path / "mean")
    verify(out)
    mean, *models = (load_transformer(folder).state_dict() for folder in (out, *folders))
    for name, weight in mean.items():
        expected = torch.stack([model[name] for model in models]).mean(0)
        assert torch.allclose(weight, expected, atol=1e-2), name  # stored in 16 bits
    assert (out / "tokenizer.json").read_text() == "{}"


def test_models_that_cannot_be_averaged_are_refused(folder_of, tmp_path):
    a = folder_of("a", 1)
    out = tmp_path / "mean"
    with pytest.raises(InputError, match="two model folders"):
        average_models([a], out)
    with pytest.raises(InputError, match="different tokenizers"):
        average_models([a, folder_of("other words", 1, words='{"a": 1}')], out)
    with pytest.raises(InputError, match="different sizes"):
        average_models([a, folder_of("deep", 1, num_hidden_layers=2)], out)
    with pytest.raises(InputError, match="There is no folder"):
        average_models([a, tmp_path / "nowhere"], out)
    assert not out.exists()
    shutil.copytree(a, out)
    with pytest.raises(InputError, match="there already"):
        average_models([a, a], out)
