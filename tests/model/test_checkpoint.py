"""Checkpoints: what is written is read back; what is damaged is named in one sentence."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lumina.errors import CheckpointMismatch
from lumina.model.checkpoint import (
    convert,
    find_folder,
    load_movqgan,
    load_transformer,
    loading,
    save_movqgan,
    save_transformer,
    saving,
    verify,
    write_manifest,
)
from lumina.model.config import MoVQConfig
from lumina.model.fused_linear import FusedLinear
from lumina.model.layout import Vocabulary
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
    assert set(json.loads((folder / "manifest.json").read_text())["files"]) == names - {"manifest.json"}
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


class Harm:
    """What a pickle could do to whoever opens it."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("exit 7",)


def published(folder: Path, content: object, **options: object) -> Path:
    """The picture tokenizer as it was published: a pickled flat dictionary."""
    (folder / "movq_config.json").write_text(json.dumps(MOVQ.to_dict()))
    torch.save(content, folder / "movqgan_270M.ckpt", **options)
    return folder


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_with_code_in_it_is_not_opened(tmp_path: Path, zipped: bool) -> None:
    weights = MoVQGAN(MOVQ).state_dict()
    published(tmp_path, {**weights, "epoch": Harm()}, _use_new_zipfile_serialization=zipped)
    assert "code" in refused(tmp_path, "movqgan_270M.ckpt", load_movqgan)


def test_a_published_pickle(tmp_path: Path) -> None:
    weights = MoVQGAN(MOVQ).state_dict()
    foreign = {"loss.logvar": torch.zeros(()), "epoch": 3, "optimizer.step": torch.zeros(2)}
    found = load_movqgan(published(tmp_path, {**weights, **foreign}))
    assert all(torch.equal(found.state_dict()[name], value) for name, value in weights.items())
    half = load_movqgan(tmp_path, decoder_dtype=torch.bfloat16)
    assert half.decoder.conv_in.weight.dtype == half.post_quant_conv.weight.dtype == torch.bfloat16
    assert half.encoder.conv_in.weight.dtype == half.quantize.embedding.weight.dtype == torch.float32
    codes = torch.arange(4).view(1, 2, 2)
    torch.testing.assert_close(half.decode(codes).float(), found.decode(codes), atol=0.1, rtol=0.1)


def test_a_pickle_whose_weights_do_not_fit(tmp_path: Path) -> None:
    weights = MoVQGAN(MOVQ).state_dict()
    name = "decoder.conv_in.weight"
    for wrong, word in (
        ({**weights, name: weights[name][1:]}, "shape"),
        ({**weights, name: weights[name].int()}, "floating"),
        ({key: value for key, value in weights.items() if key != name}, "lacks"),
        ([1, 2], "dictionary"),
    ):
        sentence = refused(published(tmp_path, wrong), "movqgan_270M.ckpt", load_movqgan)
        assert word in sentence
    torch.save(weights, tmp_path / "movqgan_270M.ckpt")
    content = (tmp_path / "movqgan_270M.ckpt").read_bytes()
    (tmp_path / "movqgan_270M.ckpt").write_bytes(content[: len(content) // 2])
    assert "truncated" in refused(tmp_path, "movqgan_270M.ckpt", load_movqgan)


def test_convert_writes_the_same_weights_as_safetensors(tmp_path: Path) -> None:
    original = published(tmp_path, MoVQGAN(MOVQ).state_dict())
    convert(original / "movqgan_270M.ckpt", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "manifest.json", "movq_config.json", "movqgan.safetensors",
    }  # fmt: skip
    before, after = load_movqgan(original).state_dict(), load_movqgan(tmp_path / "out").state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_convert_takes_the_file_that_is_named(tmp_path: Path) -> None:
    folder = published(tmp_path, MoVQGAN(MOVQ).state_dict())
    other = MoVQGAN(MOVQ).state_dict()
    torch.save(other, folder / "other.ckpt")
    found = load_movqgan(convert(folder / "other.ckpt", tmp_path / "out")).state_dict()
    assert all(torch.equal(found[name], value) for name, value in other.items())


def test_nothing_large_is_allocated_before_every_file_was_examined(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("allocated")

    last = sorted(folder.glob("model-*.safetensors"))[-1]
    (folder / "manifest.json").unlink()
    monkeypatch.setattr(FusedLinear, "allocate", never)
    monkeypatch.setattr(loading, "put", never)
    content, whole = load_file(last), last.read_bytes()
    name = next(iter(content))
    for spoil in (
        lambda: last.write_bytes(whole[:-1]),
        lambda: save_file({**content, name: content[name].to(torch.int32)}, last),
        lambda: save_file({**content, name: content[name][:-1].clone()}, last),
        lambda: last.write_text("version https://git-lfs.github.com/spec/v1\n"),
        last.unlink,
    ):
        spoil()
        refused(folder, last.name)


def test_drawing_takes_only_the_rows_it_needs(
    folder: Path, vocabulary: Vocabulary, tiny_transformer: Callable[..., Transformer]
) -> None:
    whole, drawing = load_transformer(folder), load_transformer(folder, drawing=vocabulary)
    assert len(drawing.lm_head.weight) == vocabulary.num_codes
    assert len(drawing.model.embed_tokens.weight) == vocabulary.image.stop - vocabulary.image.start < 50
    ids = torch.tensor([[2, 30, 31, 5, 9, *range(10, 20), 22, 45]])
    hidden = drawing.hidden(ids, words=5)
    torch.testing.assert_close(hidden, whole.hidden(ids))
    part = vocabulary.codes
    torch.testing.assert_close(drawing.logits(hidden, part), whole(ids, code_slice=part))
    double = drawing.converted(torch.float64)
    torch.testing.assert_close(double.hidden(ids, words=5).float(), hidden, atol=1e-4, rtol=1e-4)


def test_sibling_projections_are_read_into_one_piece(folder: Path) -> None:
    """So that joining them needs no second copy."""
    attention = load_transformer(folder).model.layers[0].self_attn
    places = {part.weight.untyped_storage().data_ptr() for part in (attention.q_proj, attention.k_proj)}
    assert len(places) == 1


def test_a_pickle_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "movq_config.json").write_text(json.dumps(MOVQ.to_dict()))
    for content in (b"", b"nothing", b"PK\x03\x04broken"):
        (tmp_path / "movqgan_270M.ckpt").write_bytes(content)
        refused(tmp_path, "movqgan_270M.ckpt", load_movqgan)


def test_folders_are_found_or_named(folder: Path) -> None:
    assert find_folder(str(folder)) == folder
    with pytest.raises(CheckpointMismatch, match="assets/models/nothing"):
        find_folder("assets/models/nothing")
