"""From a click to the last row: what the easel is told on the way."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from gradio.utils import diff
from PIL import Image

from lumina.errors import InputError, ModelError
from lumina.faults import OUR_FAULT
from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.tasks.edit import Edit
from lumina.tasks.image_input import ImageInput
from lumina.tasks.image_pair import ImagePair
from lumina.tasks.panels import UNCHANGED
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.drawing_stream import DrawingStream, Step, kept
from lumina.ui.messages.base import Data
from lumina.ui.picture_messages import restored

TASK = TextToImage(prompt="two red spheres", seed=3)


def opened(load: Any = FakePipeline) -> DrawingStream:
    workshop = Workshop(load)
    workshop.open()
    assert workshop.wait(10)
    return DrawingStream(workshop)


def views(steps: Iterator[Step]) -> list[Data]:
    return [step.view for step in steps if step.view is not None]


def whole(view: Data) -> Data:
    """The first sheet of a view, as the page puts it together."""
    sheet: Data = view["sheets"][0]
    codes, nll = (
        b"".join(base64.b64decode(rows[name]) for rows in sheet["strips"]) for name in ("codes", "nll")
    )
    told = {"codes": base64.b64encode(codes).decode(), "nll": base64.b64encode(nll).decode()}
    return sheet | told


def test_every_row_is_shown_from_the_first_on() -> None:
    told = views(opened().new(TASK))
    assert [view["state"] for view in told] == ["waiting"] + ["drawing"] * 18 + ["done"]
    assert [view["done"] for view in told[1:-1]] == [*range(17), 16]
    assert [view["sheets"][0]["drawn"] for view in told[1:-1]] == [*range(17), 16]
    assert told[1]["left"] is None and told[2]["left"] >= 0 and told[-2]["left"] == 0


def test_the_seed_is_told_once_something_is_drawn_with_it() -> None:
    steps = list(opened().new(TASK.model_copy(update={"seed": "random", "variations": 2})))
    told = [(at, step.seed) for at, step in enumerate(steps) if step.seed is not None]
    assert told == [(2, views(iter(steps))[-1]["sheets"][0]["seed"])]


def test_a_run_that_is_refused_tells_no_seed() -> None:
    class Refusing(FakePipeline):
        def _draw(self, requests: Any) -> Any:
            raise InputError("Too long.")
            yield

    steps = list(opened(Refusing).new(TASK.model_copy(update={"seed": "random"})))
    assert views(iter(steps))[-1]["state"] == "failed"
    assert [step.seed for step in steps if step.seed] == []


def test_seconds_of_candidates_that_are_drawn_side_by_side_count_once() -> None:
    (*_, last) = views(opened().new(TASK.model_copy(update={"variations": 2, "best_of": 3})))
    each = [sheet["seconds"] for sheet in last["sheets"]]
    assert last["seconds"] == pytest.approx(max(each[:3]) + max(each[3:]), abs=0.002)


def test_variations_come_one_after_the_other() -> None:
    told = views(opened().new(TASK.model_copy(update={"variations": 3})))
    assert {view["count"] for view in told} == {3}
    assert [len(view["sheets"]) for view in told[1:]] == [1] * 18 + [2] * 18 + [3] * 18 + [3]
    assert [sheet["seed"] for sheet in told[-1]["sheets"]] == ["3", "4", "5"]
    assert len({sheet["key"] for sheet in told[-1]["sheets"]}) == 3


def test_groups_of_candidates_stand_beside_each_other() -> None:
    told = views(opened().new(TASK.model_copy(update={"variations": 2, "best_of": 3})))
    shown = [[(sheet["key"], sheet["seed"]) for sheet in view["sheets"]] for view in told]
    assert {len(sheets) for sheets in shown[1:]} == {1, 2, 3, 4, 5, 6}
    assert {seed for _, seed in shown[-1][:3]} == {"3", "4", "5"}
    assert len({key for key, _ in shown[-1]}) == 6
    second = [sheets for sheets in shown if len(sheets) == 6]
    assert all(sheets[:3] == shown[-1][:3] for sheets in second)


def test_candidates_of_a_pair_are_pairs() -> None:
    spec = replace(spec_of("tabletop"), tasks=("image_pair",))
    task = ImagePair(prompt="a red cube", seed=3, best_of=2)
    told = views(opened(lambda: FakePipeline(spec)).new(task))
    assert {sheet["panels"] for view in told for sheet in view["sheets"]} == {2}


def test_each_picture_is_kept_once_it_is_whole() -> None:
    handed: list[list[bytes]] = []
    drawing = opened().new(TASK.model_copy(update={"variations": 2}))
    counts = [len(handed) for _ in kept(drawing, handed.append)]
    assert counts == [0] * 18 + [1] * 18 + [2] * 2 and handed[0] != handed[1]


def stopped(stream: DrawingStream, rows: int) -> Data:
    """The sheet of a picture that is stopped after so many rows, as the page puts it together."""
    steps = stream.new(TASK)
    shown = [next(steps).view for _ in range(rows + 2)]
    steps.close()
    return whole(shown[-1] or {})


def test_stop_then_continue_is_the_unbroken_picture() -> None:
    stream = opened()
    unbroken, part = views(stream.new(TASK))[-1]["sheets"][0], stopped(stream, 5)
    assert part["drawn"] == 5
    told = views(stream.resumed(part))
    assert [view["sheets"][0]["drawn"] for view in told[1:3]] == [5, 6]
    assert {view["onto"] for view in told} == {part["key"]}
    again = told[-1]["sheets"][0]
    assert (again["digest"], again["identity"]) == (unbroken["digest"], unbroken["identity"])
    assert again["key"] == part["key"] and again["forwards"] == 11


@pytest.mark.parametrize("rows", [5, 16])
def test_a_stopped_picture_gets_its_file(rows: int) -> None:
    stream = opened()
    part = stopped(stream, rows)
    told = stream.settled(part) or {}
    assert told["state"] == "settled" and told["sheet"]["key"] == part["key"]
    task, sheet, _ = restored(base64.b64decode(told["sheet"]["png"]), "tabletop@fake")
    assert (sheet.digest, told["sheet"]["drawn"]) == (told["sheet"]["digest"], rows)
    assert task.stop_row == (rows if rows < 16 else None)
    assert stream.settled({"codes": 3}) is None


def test_without_rows_there_is_no_file_and_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = opened()
    part = stopped(stream, 5)
    monkeypatch.setattr(FakePipeline, "draw", lambda *_: pytest.fail("It draws."))
    assert stream.settled(part | {"codes": ""}) is None


def test_only_what_is_new_travels() -> None:
    told = views(opened().new(TASK))
    sizes = [len(json.dumps(diff(one, other))) for one, other in pairwise(told[3:-2])]
    assert max(sizes) < 1.5 * min(sizes)
    strips = [view["sheets"][0]["strips"] for view in told[1:-2]]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(strips))


def test_reroll_keeps_the_rows_above_as_another_picture() -> None:
    stream = opened()
    first = whole(views(stream.new(TASK))[-1])
    other = whole(views(stream.rerolled(first | {"row": 6, "four": False}))[-1])
    above = 6 * 16 * 4 // 3  # characters of base64
    assert other["codes"][:above] == first["codes"][:above] and other["codes"] != first["codes"]
    assert other["key"] != first["key"]


def test_four_futures_keep_the_rows_above_and_each_draws_again_alone() -> None:
    stream = opened()
    first = whole(views(stream.new(TASK.model_copy(update={"rerolls": ((2, 9),)})))[-1])
    told = views(stream.rerolled(first | {"row": 6, "four": True}))
    assert {view["count"] for view in told[1:]} == {4}
    sheets = [whole({"sheets": [sheet]}) for sheet in told[-1]["sheets"]]
    above = 6 * 16 * 4 // 3  # characters of base64
    assert {sheet["codes"][:above] for sheet in sheets} == {first["codes"][:above]}
    assert len({sheet["digest"] for sheet in sheets}) == len({sheet["id"] for sheet in sheets}) == 4
    for sheet in sheets:
        task, _, _ = restored(base64.b64decode(sheet["png"]), "tabletop@fake")
        assert [row for row, _ in task.rerolls] == [2, 6]
        assert views(stream.new(task))[-1]["sheets"][0]["digest"] == sheet["digest"]


@pytest.mark.parametrize("payload", [None, "text", {}, {"row": "x"}, {"row": 3, "codes": 1}])
def test_nonsense_from_the_page_is_one_sentence(payload: Any) -> None:
    for steps in (opened().resumed(payload), opened().rerolled(payload)):
        last = views(steps)[-1]
        assert last["state"] == "failed" and last["message"].endswith(".")


def test_what_the_model_cannot_draw_is_said_word_for_word() -> None:
    last = views(opened().new(TASK.model_copy(update={"width": 64, "height": 1024})))[-1]
    assert last["state"] == "failed"
    assert last["message"].startswith("Tabletop cannot draw 64x1024 pixels; use one of its sizes")


def test_a_model_that_is_not_there_is_said_word_for_word() -> None:
    def load() -> FakePipeline:
        raise ModelError("tokenizer.json is missing; download the model again.")

    last = views(opened(load).new(TASK))[-1]
    assert last["message"] == "tokenizer.json is missing; download the model again."


class Broken(FakePipeline):
    """Draws three rows and then meets something nobody expected."""

    def draw(self, requests: Any) -> Any:
        steps = super().draw(requests)
        for _ in range(4):
            yield next(steps)
        raise ZeroDivisionError("a detail for the log only")


def test_our_own_faults_are_logged_and_keep_what_is_drawn(caplog: pytest.LogCaptureFixture) -> None:
    last = views(opened(Broken).new(TASK))[-1]
    assert (last["state"], last["message"]) == ("failed", OUR_FAULT)
    assert last["sheets"][0]["drawn"] == 3
    assert "a detail for the log only" in caplog.text


def test_a_click_before_the_model_is_there_draws_as_soon_as_it_is() -> None:
    workshop = Workshop(FakePipeline)
    steps = DrawingStream(workshop).new(TASK)
    first = next(steps).view or {}
    assert first["state"] == "waiting" and "loading" in first["message"]
    assert next(steps) == Step()
    workshop.open()
    assert views(steps)[-1]["state"] == "done"


def test_an_edit_that_changes_nothing_says_so_beside_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    edit = Edit(image=ImageInput.of(Image.new("RGB", (128, 128))), instruction="make it night", seed=3)
    assert views(opened().new(edit))[-1]["message"] == ""
    monkeypatch.setattr("lumina.tasks.panels.is_same", lambda one, other: True)
    last = views(opened().new(edit))[-1]
    assert (last["state"], last["message"]) == ("done", UNCHANGED)
