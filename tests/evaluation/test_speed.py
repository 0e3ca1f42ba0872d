"""The speed benchmark counts what was drawn, and waits for nobody."""

import pytest

from lumina.evaluation import speed
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish


def test_every_window_draws_every_picture_after_one_to_warm_up() -> None:
    steps = list(speed.run(FakePipeline(), pictures=3, windows=(1, 4)))
    assert [(step.done, step.total) for step in steps] == [(done, 7) for done in range(1, 8)]


def test_the_figures_are_those_of_the_pictures() -> None:
    found = finish(speed.run(FakePipeline(row_seconds=0.001), pictures=2, windows=(4,)))
    figures = found["windows"]["4"]
    assert figures["tokens_per_forward"] == 16.0
    assert 0.001 <= figures["seconds_to_first_row"] < figures["seconds_per_picture"]
    assert (found["size"], found["model"], found["pictures"]) == ([128, 128], "tabletop@fake", 2)


def test_every_window_is_compared_by_the_same_pictures() -> None:
    found = finish(speed.run(FakePipeline(), pictures=2))
    assert list(found["windows"]) == ["1", "4", "16"]
    assert found["same_codes"] == 1
    assert {"dtype", "threads", "cores", "load_average", "guidance_scale"} <= set(found)


def test_windows_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, object]] = []
    draw = speed._draw
    monkeypatch.setattr(speed, "_draw", lambda p, s, o: asked.append((s, o["window"])) or draw(p, s, o))
    finish(speed.run(FakePipeline(), windows=(1, 4), pictures=2, seed=7))
    assert asked == [(7, 4), (7, 1), (7, 4), (8, 1), (8, 4)]


def test_each_precision_draws_the_same_pictures() -> None:
    found = finish(speed.precisions(FakePipeline(), pictures=1))
    assert list(found) == ["float32", "bfloat16"]
    assert found["bfloat16"]["seconds_per_picture"] > 0
