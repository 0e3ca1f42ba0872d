"""Fine-tuning on a person's own pictures: twenty of them, with captions beside them or in a list."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from lumina.errors import InputError
from lumina.model.checkpoint import load_transformer, save_transformer
from lumina.model.config import TransformerConfig
from lumina.model.transformer import Transformer
from lumina.steps import finish
from lumina.training import runs
from lumina.training.own_pictures import holds_own_pictures, read_captions
from lumina.training.record import Record
from tests.tiny import write_tiny_model
from tests.training.tiny import TINY_TRANSFORMER


@pytest.fixture
def twenty(tmp_path):
    """Photographs of many sizes and modes, half of them with a text beside them, half in a list."""
    folder = tmp_path / "mine"
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows = []
    for i in range(20):
        width, height = [(200, 150), (90, 160), (64, 64), (300, 170)][i % 4]
        color = tuple(int(value) for value in rng.integers(0, 256, 3))
        name = f"{i:02d}.{'png' if i % 2 else 'jpg'}"
        Image.new("RGB" if i % 3 else "L", (width, height), color if i % 3 else color[0]).save(folder / name)
        if i % 2:
            (folder / f"{i:02d}.txt").write_text(f"picture number {i}\n")
        else:
            rows.append(json.dumps({"file_name": name, "text": f"picture number {i}"}))
    (folder / "metadata.jsonl").write_text("\n".join(rows))
    return folder


def write_base(folder):
    """A model folder whose transformer is large enough for both optimisers."""
    write_tiny_model(folder)
    size = load_transformer(folder).config.vocab_size
    save_transformer(
        Transformer(TransformerConfig(vocab_size=size, **TINY_TRANSFORMER)).initialise(0), folder
    )
    return folder


def test_captions_come_from_texts_and_lists(twenty):
    assert holds_own_pictures(twenty)
    captions = read_captions(twenty)
    assert [captions[twenty / name] for name in ("00.jpg", "01.png")] == [
        "picture number 0",
        "picture number 1",
    ]
    assert len(captions) == 20


def test_twenty_pictures_refine_a_model_and_the_run_goes_on(twenty, tmp_path):
    write_base(tmp_path / "base")
    out = tmp_path / "run"

    def train(minutes, stop_after=None):
        start = tmp_path / "base"
        return finish(
            runs.train_model(
                twenty,
                out,
                minutes=minutes,
                processes=1,
                batch=8,
                rate=3e-3,
                start_from=start,
                stop_after=stop_after,
            )
        )

    for minutes in (0.05, 0.2, 1.0):  # a busy machine takes its time
        assert train(minutes) == out / "model"
        if Record(out / "transformer").resume()["step"] > 5:
            break
    folder = out / "model"
    losses = [row["held_back_own"] for row in Record(out / "transformer").rows() if "held_back_own" in row]
    steps = Record(out / "transformer").resume()["step"]
    assert steps > 5 and losses[-1] < np.log(24) * 3
    first = load_transformer(folder)
    base = load_transformer(tmp_path / "base")
    assert any(not torch.equal(a, b) for a, b in zip(base.parameters(), first.parameters(), strict=True))
    # the same command again has nothing left to do; with more minutes it goes on
    train(minutes)
    assert Record(out / "transformer").resume()["step"] == steps
    train(1.4 * minutes, stop_after=0.0)  # the clock stops it after a step, which is kept
    assert Record(out / "transformer").resume()["step"] == steps + 1
    train(1.4 * minutes)
    assert Record(out / "transformer").resume()["step"] > steps + 1
    # and with other pictures, or from another model, it is another run
    other = tmp_path / "other"
    shutil.copytree(twenty, other)
    with pytest.raises(InputError, match="choose another --out"):
        finish(runs.train_model(other, out, minutes=0.1, processes=1, batch=8, start_from=tmp_path / "base"))


@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda folder: (folder / "01.txt").unlink(), "01.png has no caption"),
        (lambda folder: (folder / "01.txt").write_text(" \n"), "01.png has no caption"),
        (lambda folder: (folder / "01.txt").write_bytes(b"\xff\xfe\xfa"), "01.txt cannot be read"),
        (lambda folder: (folder / "metadata.jsonl").write_text("[1]"), "line 1"),
        (lambda folder: (folder / "metadata.jsonl").write_text('{"text": "x"}'), "file_name"),
        (
            lambda folder: (folder / "01.png").write_bytes(b"\x89PNG\r\n\x1a\n"),
            "01.png: This picture is damaged",
        ),
        (lambda folder: (folder / "01.txt").write_text("words and words " * 400), "is too long to learn"),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_trained(twenty, tmp_path, spoil, match):
    spoil(twenty)
    write_tiny_model(tmp_path / "base")
    with pytest.raises(InputError, match=match):
        finish(runs.train_model(twenty, tmp_path / "run", start_from=tmp_path / "base"))


def test_options_for_scenes_are_refused(twenty, tmp_path):
    with pytest.raises(InputError, match="Leave out --tasks, --codes and --rejected"):
        finish(runs.train_model(twenty, tmp_path / "run", tasks=["edit"]))


def test_a_folder_without_pictures_is_named(tmp_path):
    write_tiny_model(tmp_path / "base")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.txt").write_text("nothing here")
    with pytest.raises(InputError, match="holds neither"):
        finish(runs.train_model(tmp_path / "data", tmp_path / "run", start_from=tmp_path / "base"))
    with pytest.raises(InputError, match="holds no pictures"):
        read_captions(tmp_path)
