"""Checkpoints: what is written is read back; what is damaged is named in one sentence."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lumina.errors import CheckpointMismatch
from lumina.model.checkpoint import (
    find_folder,
    load_movqgan,
    load_transformer,
    save_movqgan,
    save_transformer,
    saving,
    verify,
    write_manifest,
)
from lumina.model.config import MoVQConfig
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer

MOVQ = MoVQConfig(ch=32, ch_mult=(1, 1), num_res_blocks=1, n_embed=16, embed_dim=4, z_channels=4)


@pytest.fixture
def folder(
    tmp_path: Path, tiny_transformer: Callable[..., Transformer], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A model in several small files."""
    monkeypatch.setattr(saving, "SHARD_BYTES", 20_000)
    save_transformer(tiny_transformer(torch.float32).join(), tmp_path, torch.float32)
    save_movqgan(MoVQGAN(MOVQ), tmp_path)
    return tmp_path


def shard(folder: Path) -> Path:
    return sorted(folder.glob("model-*.safetensors"))[1]


def refused(folder: Path, name: str, load: Callable[[Path], object] = load_transformer) -> str:
    """The sentence with which a damaged folder is refused."""
    with pytest.raises(CheckpointMismatch) as error:
        load(folder)
    sentence = str(error.value)
    assert name in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_written_and_read_back(folder: Path, tiny_transformer: Callable[..., Transformer]) -> None:
    original, found = tiny_transformer(torch.float32).state_dict(), load_transformer(folder)
    assert all(torch.equal(found.state_dict()[name], value) for name, value in original.items())
    assert not found.training
    assert len(list(folder.glob("model-*.safetensors"))) > 3
    assert all(path.stat().st_size < 25_000 for path in folder.glob("model-*.safetensors"))
    ids = torch.arange(10)[None]
    double = load_transformer(folder, torch.float64)
    torch.testing.assert_close(double(ids), found(ids).double(), atol=1e-3, rtol=1e-3)
    assert load_movqgan(folder).decode(torch.zeros(1, 2, 2, dtype=torch.long)).shape == (1, 3, 4, 4)


def test_bfloat16_files_in_published_names(
    tmp_path: Path, tiny_transformer: Callable[..., Transformer]
) -> None:
    save_transformer(tiny_transformer(torch.float32), tmp_path)
    stored = load_file(tmp_path / "model.safetensors")
    assert {value.dtype for value in stored.values()} == {torch.bfloat16}
    assert stored["model.layers.0.self_attn.q_norm.weight"].shape == (1, 8)
    assert load_transformer(tmp_path).lm_head.weight.dtype == torch.float32


def test_saving_again_leaves_no_old_shard(
    folder: Path, tiny_transformer: Callable[..., Transformer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "SHARD_BYTES", 9_500_000)
    save_transformer(tiny_transformer(torch.float32), folder)
    names = {path.name for path in folder.iterdir()}
    assert {name for name in names if name.startswith("model")} == {"model.safetensors"}
    assert set(json.loads((folder / "manifest.json").read_text())) == names - {"manifest.json"}
    verify(folder)


def test_missing(folder: Path) -> None:
    path = shard(folder)
    path.unlink()
    assert "missing" in refused(folder, path.name)
    (folder / "config.json").unlink()
    assert "missing" in refused(folder, "config.json")
    assert "missing" in refused(folder, "movq_config.json", lambda _: load_movqgan(folder.parent / "nothing"))


def test_truncated(folder: Path) -> None:
    path = shard(folder)
    path.write_bytes(path.read_bytes()[:-100])
    assert "sha256" in refused(folder, path.name)
    (folder / "manifest.json").unlink()
    assert "truncated" in refused(folder, path.name)
    path.write_bytes(b"")
    assert "truncated" in refused(folder, path.name)


def test_one_flipped_bit(folder: Path) -> None:
    path = shard(folder)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    assert "sha256" in refused(folder, path.name)
    with pytest.raises(CheckpointMismatch, match=path.name):
        verify(folder)


def test_git_lfs_pointer(folder: Path) -> None:
    path = shard(folder)
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 10\n")
    assert "git lfs pull" in refused(folder, path.name)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda value: value[:-1].clone(), "shape"),
        (lambda value: value.to(torch.int32), "floating"),
    ],
)
def test_wrong_shape_or_type(folder: Path, change: Callable[[torch.Tensor], torch.Tensor], word: str) -> None:
    path = shard(folder)
    content = load_file(path)
    name = next(iter(content))
    save_file({**content, name: change(content[name])}, path)
    write_manifest(folder)
    assert name in (sentence := refused(folder, path.name))
    assert word in sentence


def test_foreign_and_lost_weights(folder: Path) -> None:
    path = shard(folder)
    content = load_file(path)
    save_file({**content, "model.vqmodel.x": torch.zeros(2), "loss.y": torch.zeros(2)}, path)
    write_manifest(folder)
    load_transformer(folder)
    save_file({**content, "model.layers.9.mlp.up_proj.weight": torch.zeros(2)}, path)
    write_manifest(folder)
    refused(folder, path.name)
    name = next(iter(content))
    save_file({key: value for key, value in content.items() if key != name}, path)
    write_manifest(folder)
    refused(folder, name)


def test_an_index_or_a_configuration_that_is_none(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    index = folder / "model.safetensors.index.json"
    for content in ("{}", '{"weight_map": {"a": "../b.safetensors"}}', "{"):
        index.write_text(content)
        refused(folder, index.name)
    config = json.loads((folder / "config.json").read_text())
    for wrong in ({"hidden_size": "wide"}, {"hidden_size": None}, {"num_hidden_layers": [2]}):
        (folder / "config.json").write_text(json.dumps({**config, **wrong}))
        refused(folder, "config.json")


def test_a_pickle_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "movq_config.json").write_text(json.dumps(MOVQ.to_dict()))
    for content in (b"", b"nothing", b"PK\x03\x04broken"):
        (tmp_path / "movqgan_270M.ckpt").write_bytes(content)
        refused(tmp_path, "movqgan_270M.ckpt", load_movqgan)


def test_folders_are_found_or_named(folder: Path) -> None:
    assert find_folder(str(folder)) == folder
    with pytest.raises(CheckpointMismatch, match="assets/models/nothing"):
        find_folder("assets/models/nothing")
