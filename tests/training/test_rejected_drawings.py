"""Drawings that the judge rejects: how they are collected, kept, and made less likely."""

from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from lumina.cli.main import app
from lumina.errors import InputError
from lumina.model.checkpoint import find_folder
from lumina.model.text import TextTokenizer
from lumina.steps import finish
from lumina.training import rejection_sampling
from lumina.training.losses import unlikelier
from lumina.training.model_trainer import ModelTraining, train
from lumina.training.rejected_drawings import Rejected, read_rejected, rejected_sources, save_rejected
from lumina.training.rejection_sampling import reject
from lumina.training.sequences import Sequences
from tests.training.tiny import CURRICULUM

MODEL = find_folder("assets/models/tabletop")


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What came of two drawings of each kind by a judge that nothing pleases."""
    monkeypatch.setattr(rejection_sampling, "DRAWINGS", 2)
    monkeypatch.setattr("lumina.worlds.benchmark.Verdict.passed", False)
    assert finish(reject(MODEL, tmp_path, 1, workers=1)) == 4
    return tmp_path


def test_what_is_rejected_is_kept_with_its_words_and_its_likelihood(drawn):
    text = TextTokenizer.load(MODEL)
    for kind, rows in zip(CURRICULUM.judged, (16, 32), strict=True):
        found = read_rejected(drawn, kind)
        assert len(found) == 2
        for one in found:
            assert one.codes.shape == (rows, 16)
            assert one.nats > 0
            assert ("edit" in one.instruction) == (kind == "edits")
    again = {file: file.stat().st_mtime_ns for file in drawn.iterdir()}
    finish(reject(MODEL, drawn, 1, workers=1))
    assert again == {file: file.stat().st_mtime_ns for file in drawn.iterdir()}  # nothing is drawn twice
    batch = next(Sequences(rejected_sources(drawn, text, (128, 128)), text.vocabulary()).batches(2, seed=1))
    assert batch.codes.shape[1] == 256
    assert len(batch.nats) == len(batch.codes) and (batch.nats > 0).all()


def test_the_drawings_that_please_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(rejection_sampling, "DRAWINGS", 1)
    monkeypatch.setattr("lumina.worlds.benchmark.Verdict.passed", True)
    assert finish(reject(MODEL, tmp_path, 1, workers=1)) == 0
    assert read_rejected(tmp_path, "captions") == []


def test_a_rejected_drawing_is_to_lose_three_nats_and_no_more():
    nats = torch.tensor([5.0])

    def pull(lost: float) -> float:
        losses = torch.tensor([[2.0, 3.0 + lost]], requires_grad=True)
        unlikelier(losses, nats).backward()
        assert losses.grad is not None
        return -float(losses.grad[0, 0])

    assert pull(0) > 0.9 > pull(3) > 0.4 > 0.1 > pull(9)


def test_nothing_to_reject_and_no_model_are_said_so(tmp_path):
    settings = ModelTraining(
        tmp_path, tmp_path, MODEL, tmp_path / "run", processes=1, curriculum=CURRICULUM, rejected=tmp_path
    )
    with pytest.raises(InputError, match="no rejected drawings"):
        finish(train(settings))
    with pytest.raises(InputError, match="no model in"):
        finish(reject(tmp_path, tmp_path / "out", 1))
    done = CliRunner().invoke(app, ["train", "reject", str(tmp_path), "--out", str(tmp_path / "out")])
    assert done.exit_code and not (tmp_path / "out").exists()


def test_a_file_holds_what_was_put_there(tmp_path):
    codes = np.arange(256).reshape(16, 16)
    save_rejected(tmp_path / "captions-00000.npz", [Rejected("a cube", codes, 2.5)])
    save_rejected(tmp_path / "captions-00001.npz", [])
    (one,) = read_rejected(tmp_path, "captions")
    assert one.instruction == "a cube" and one.nats == 2.5 and (one.codes == codes).all()
