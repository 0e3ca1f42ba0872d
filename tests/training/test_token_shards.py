"""Shards of tokens: what is written is read, in one order whatever reads it; the loss over them; stages."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from lumina.errors import InputError
from lumina.model.checkpoint import Place, find_folder
from lumina.model.layout import TokenLayout
from lumina.model.text import TextTokenizer
from lumina.steps import finish
from lumina.training import tokenizing
from lumina.training.chunked_loss import IGNORED, chunked_losses
from lumina.training.device import CPU
from lumina.training.published_trainer import joined
from lumina.training.stages import STAGES, read_stages, stage_at
from lumina.training.token_shards import TokenSample, TokenShards, read_tokens, shard_path, write_tokens
from lumina.training.tokenizing import sizes_of, write_shards


@pytest.fixture
def folder(tmp_path):
    for number, count in enumerate((5, 3, 4)):
        samples = [TokenSample(np.arange(6, dtype=np.int32) + 100 * number + i, 2) for i in range(count)]
        write_tokens(shard_path(tmp_path, number), samples)
    return tmp_path


def test_any_number_of_processes_reads_the_same_samples_in_the_same_order(folder):
    shards = TokenShards(folder, seed=3)
    alone = [s.ids.tolist() for step in range(8) for s in shards.samples(step * 4, 4)]
    for size in (2, 4):
        readers = [TokenShards(folder, seed=3) for _ in range(size)]
        parts = [
            reader.samples(step * 4, 4, rank, size)
            for step in range(8)
            for rank, reader in enumerate(readers)
        ]
        assert [s.ids.tolist() for part in parts for s in part] == alone
    # a run that goes on at a step needs nothing of those before
    assert [s.ids.tolist() for s in TokenShards(folder, 3).samples(20, 4)] == alone[20:24]


def test_an_epoch_has_every_sample_once_and_the_next_one_another_order(folder):
    shards = TokenShards(folder, seed=3)
    first, second = ([shards.place(epoch * 12 + i) for i in range(12)] for epoch in range(2))
    assert sorted(first) == sorted(second) == [(s, r) for s, n in enumerate((5, 3, 4)) for r in range(n)]
    assert first != second
    assert [TokenShards(folder, seed=4).place(i) for i in range(12)] != first


def test_some_samples_are_read_without_words_and_separator(folder):
    found = [TokenShards(folder, seed=3).sample(i) for i in range(300)]
    bare = [sample for sample in found if not sample.given]
    assert 10 < len(bare) < 60 and {len(sample.ids) for sample in bare} == {3}


def test_what_is_no_shard_is_named(folder, tmp_path):
    shard_path(folder, 1).write_bytes(b"PK" + bytes(40))
    with pytest.raises(InputError, match=r"tokens-00001\.npz is no whole shard of tokens; delete it"):
        TokenShards(folder, seed=1)
    with pytest.raises(InputError, match="holds no shards of tokens; write them with"):
        TokenShards(tmp_path / "none", seed=1)


def test_all_after_the_instruction_is_learned():
    batch = joined([TokenSample(np.arange(10, 17), 3), TokenSample(np.arange(20, 24), 0)])
    assert batch.ids.tolist() == [[10, 11, 12, 13, 14, 15], [20, 21, 22, 0, 0, 0]]
    no = IGNORED
    assert batch.targets.tolist() == [[no, no, 13, 14, 15, 16], [21, 22, 23, no, no, no]]


def test_losses_in_chunks_are_those_of_all_logits():
    generator = torch.Generator().manual_seed(1)
    hidden, weight = (
        torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
        for shape in ((2, 9, 5), (30, 5))
    )
    targets = torch.randint(0, 30, (2, 9), generator=generator)
    targets[0, :4] = IGNORED
    nll, z = chunked_losses(hidden, weight, targets, chunk=4)
    logits = F.linear(hidden, weight).flatten(0, 1)
    kept = targets.flatten() != IGNORED
    expected = F.cross_entropy(logits, targets.flatten(), ignore_index=IGNORED, reduction="sum")
    norms = logits[kept].logsumexp(1).square().sum()
    torch.testing.assert_close(torch.stack((nll, z)), torch.stack((expected, norms)))
    found = torch.autograd.grad(nll + 0.1 * z, (hidden, weight))
    wanted = torch.autograd.grad(expected + 0.1 * norms, (hidden, weight))
    torch.testing.assert_close(found, wanted)
    assert chunked_losses(hidden, weight, torch.full_like(targets, IGNORED), 4)[0] == 0


def test_stages_are_data(tmp_path):
    with pytest.raises(InputError, match="holds no shards of tokens"):
        read_stages(tmp_path)
    (tmp_path / "512").mkdir()
    assert read_stages(tmp_path) == STAGES[1:2]
    file = tmp_path / "stages.json"
    rows = [
        {"pixels": 256, "samples": 10, "batch": 4, "rate": 0.1},
        {"pixels": 512, "samples": 8, "batch": 4, "rate": 0.1},
    ]
    file.write_text(json.dumps(rows))
    stages = read_stages(tmp_path)
    assert [stage_at(stages, step)[0].pixels for step in range(6)] == [256] * 3 + [512] * 3
    assert [stage_at(stages, step)[1] for step in (0, 2, 3, 9)] == [0, 2, 0, 6]
    for wrong, said in (
        ("{", "must be a list of objects with pixels, samples, batch, rate"),
        ("[]", "lists no stage"),
        (json.dumps([{**rows[0], "batch": 0}]), "needs whole numbers above 0"),
        (json.dumps([{**rows[0], "rate": float("nan")}]), "a rate between 0 and 1"),
    ):
        file.write_text(wrong)
        with pytest.raises(InputError, match=said):
            read_stages(tmp_path)


def test_pictures_become_shards_that_the_layout_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizing, "SHARD_SAMPLES", 2)
    pictures, out, model = tmp_path / "pictures", tmp_path / "out", find_folder("assets/models/tabletop")
    place = Place(model, model)
    pictures.mkdir()
    for name, size in (("a", (200, 100)), ("b", (100, 100)), ("c", (90, 150))):
        Image.new("RGB", size, "red").save(pictures / f"{name}.png")
        (pictures / f"{name}.txt").write_text(f"a red cube {name}")
    assert finish(write_shards(pictures, place, out, 128, CPU)) == 3
    before = shard_path(out / "128", 0).stat().st_mtime_ns
    shard_path(out / "128", 1).unlink()
    finish(write_shards(pictures, place, out, 128, CPU))
    assert shard_path(out / "128", 0).stat().st_mtime_ns == before
    found = read_tokens(shard_path(out / "128", 0)) + read_tokens(shard_path(out / "128", 1))
    vocabulary = TextTokenizer.load(model).vocabulary()
    shapes = []
    for sample in found:
        ids = torch.from_numpy(sample.ids[sample.given : -1]).long()
        cells = [vocabulary.sizes.index(int(number)) for number in ids[1:3]]
        layout = TokenLayout(cells[0] * 4, cells[1] * 4, vocabulary)
        assert layout.decode(ids).shape == (layout.rows, layout.cols)
        assert sample.ids[0] == vocabulary.bos and sample.ids[-1] == vocabulary.separator
        shapes.append((layout.cols * 8, layout.rows * 8))
    assert shapes == [(160, 96), (128, 128), (96, 160)]
    assert (out / "tokenizer.json").exists()


def test_sizes_are_the_published_ones():
    assert {(768, 768), (1024, 576), (1152, 512), (1536, 384), (384, 1536)} <= set(sizes_of(768))
    assert all(w * h <= 768**2 and max(w / h, h / w) <= 4 for w, h in sizes_of(768))
