"""Configurations: published fields in, published fields out, and clear refusals."""

import json
from pathlib import Path

import pytest

from lumina.errors import CheckpointMismatch, UnknownModel
from lumina.model.config import MODELS, MoVQConfig, TransformerConfig, spec_of, split_revision
from lumina.model.json_fields import read_json

PUBLISHED = {
    "architectures": ["ChameleonForConditionalGeneration"], "attention_bias": False, "dropout": 0.0,
    "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 11008, "max_position_embeddings": 10240,
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "rms_norm_eps": 1e-05,
    "rope_scaling": None, "rope_theta": 10000.0, "swin_norm": False, "tie_word_embeddings": False,
    "vocab_size": 171385, "vocabulary_map": {"!": 0}, "vq_config": {}, "mask_image_logits": False,
}  # fmt: skip
PUBLISHED_MOVQ = {
    "ddconfig": {
        "double_z": False, "z_channels": 4, "resolution": 256, "in_channels": 3, "out_ch": 3, "ch": 256,
        "ch_mult": [1, 2, 2, 4], "num_res_blocks": 2, "attn_resolutions": [32], "dropout": 0.0,
    },
    "n_embed": 16384, "embed_dim": 4,
}  # fmt: skip


def test_the_published_files() -> None:
    config = TransformerConfig.from_dict(PUBLISHED)
    assert (config.head_dim, config.model_parallel_size, config.vocab_size) == (128, 1, 171385)
    movq = MoVQConfig.from_dict(PUBLISHED_MOVQ)
    assert (movq.downsampling, movq.patch, movq.ch_mult) == (8, 1, (1, 2, 2, 4))


def test_round_trips() -> None:
    config = TransformerConfig.from_dict({**PUBLISHED, "swin_norm": True})
    assert TransformerConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(CheckpointMismatch, match="single level"):
        MoVQConfig.from_dict({**PUBLISHED_MOVQ, "patchwise": True})
    with pytest.raises(CheckpointMismatch, match="ddconfig"):
        MoVQConfig.from_dict({**PUBLISHED_MOVQ, "ddconfig": None})
    movq = MoVQConfig.from_dict({**PUBLISHED_MOVQ, "patch": 4})
    assert MoVQConfig.from_dict(json.loads(json.dumps(movq.to_dict()))) == movq
    assert movq.downsampling == 32


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_act": "gelu"},
        {"rope_scaling": {"factor": 2.0}},
        {"tie_word_embeddings": True},
        {"num_attention_heads": 30},
        {"num_key_value_heads": 5},
        {"model_parallel_size": 3},
        {"vocab_size": None},
        {"hidden_size": "4096"},
        {"num_hidden_layers": [32]},
        {"num_hidden_layers": 0},
        {"rms_norm_eps": None},
        {"swin_norm": 1},
    ],
)
def test_what_cannot_be_built_is_refused(change: dict[str, object]) -> None:
    values = {name: value for name, value in {**PUBLISHED, **change}.items() if name != "vocab_size" or value}
    with pytest.raises(CheckpointMismatch, match=r"^config\.json"):
        TransformerConfig.from_dict(values)


def test_files_that_are_no_json(tmp_path: Path) -> None:
    for content in (None, "{", "[1]"):
        path = tmp_path / "config.json"
        if content is not None:
            path.write_text(content)
        with pytest.raises(CheckpointMismatch, match=r"config\.json"):
            read_json(path)


def test_models_have_names() -> None:
    assert spec_of("tabletop") is MODELS["tabletop"]
    assert all(spec.default_size in spec.sizes for spec in MODELS.values())
    with pytest.raises(UnknownModel, match="tabletop"):
        spec_of("7b")
    assert spec_of("omni@0123abcd") is MODELS["omni"]
    assert split_revision("omni@0123abcd") == ("omni", "0123abcd")


def test_a_folder_is_taken_for_what_it_resembles(tmp_path: Path) -> None:
    folder = tmp_path / "my@model"
    (folder / "movq").mkdir(parents=True)
    spec = spec_of(str(folder))
    assert (spec.title, spec.source, spec.sizes) == ("my@model", str(folder), MODELS["omni"].sizes)
    assert split_revision(str(folder)) == (str(folder), "")
    (folder / "movq" / "movq_config.json").write_text('{"n_embed": 1024}')
    assert spec_of(str(folder)).sizes == MODELS["tabletop"].sizes
    (folder / "movq" / "movq_config.json").write_text('{"n_embed": "many"}')
    assert spec_of(str(folder)).sizes == MODELS["omni"].sizes  # what is wrong in it is said on loading
