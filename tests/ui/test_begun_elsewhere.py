"""A run of the canvas goes on in a studio that knows nothing of it: with the rows that the page has kept."""

import json
from collections.abc import Mapping
from contextlib import closing
from itertools import islice
from typing import Any

import numpy as np
import pytest

from lumina.model.config import spec_of
from lumina.runtime.events import Begun, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.ui.canvas.begun_elsewhere import rows_sent
from lumina.ui.canvas.view import CanvasRun
from lumina.ui.messages.base import Data
from lumina.ui.messages.canvas import Execute
from lumina.ui.workflow_tab import uploads_named
from lumina.workflow.cache import MemoryStore
from lumina.workflow.events import NodeProgress, RunFinished
from lumina.workflow.executor import Resources, keep_rows, run
from lumina.workflow.schema import load

TEXT = """{"lumina": 1, "model": "tabletop@fake", "nodes": {
  "first": {"task": "text_to_image", "inputs": {"prompt": "a red cube", "seed": 3, "variations": 2}},
  "depth": {"task": "predict", "inputs": {"image": {"from": "first.image"}, "seed": 5}}},
  "outputs": {"first": {"from": "first.image"}, "depth": {"from": "depth.image"}}}"""
WHOLE = 2 * 16
KEY = "0" * 64


class Counted:
    """A run of the document in a store, its rows counted, and what the page is told of it."""

    def __init__(self, drawn: Any = None, until: int = 10**6) -> None:
        store = MemoryStore()
        for key, rows in rows_sent(Execute(drawn=drawn).drawn).items():
            keep_rows(store, key, rows)
        self.view: Data = {}
        self.rows, self.finished = 0, None
        view = CanvasRun("key", load(TEXT), lambda *_: "", spec_of("tabletop"))
        with closing(run(load(TEXT), Resources(FakePipeline(), store))) as events:
            for event in islice(events, until):
                self.view = json.loads(json.dumps(view.take(event)))
                self.rows += isinstance(event, NodeProgress) and isinstance(event.step, RowDrawn)
                self.finished = event if isinstance(event, RunFinished) else None

    def codes(self) -> Mapping[str, list[str]]:
        assert self.finished is not None
        outputs = self.finished.outputs.items()
        return {name: [picture.drawing.digest for picture in pictures] for name, pictures in outputs}


@pytest.mark.parametrize("until", [0, 4, 5, 11, 37, 38, 45, 70, 75])
def test_what_was_told_up_to_any_event_is_all_it_takes_to_go_on(until: int) -> None:
    unbroken, broken = Counted(), Counted(until=until)
    again = Counted(broken.view.get("drawn"))
    assert again.codes() == unbroken.codes()
    assert again.rows == unbroken.rows - broken.rows


def test_what_is_gone_on_with_is_told_whole() -> None:
    """So that a second loss costs no more than the first."""
    first = Counted(until=20)
    second = Counted(first.view["drawn"], until=20)
    assert Counted(second.view["drawn"]).rows == Counted().rows - first.rows - second.rows


def test_candidates_are_drawn_anew() -> None:
    text = TEXT.replace('"variations": 2', '"best_of": 2')
    told = [each for each in run(load(text), Resources(FakePipeline())) if isinstance(each, NodeProgress)]
    assert [each.key for each in told if isinstance(each.step, Begun)][:2] == ["", ""]


@pytest.mark.parametrize(
    "drawn",
    [
        None,
        [],
        {"x": [{"cols": 16, "codes": []}]},
        {KEY: 7},
        {KEY: [{"cols": 0, "codes": ["AAAA"]}]},
        {KEY: [{"cols": 16, "codes": ["no base64!"]}]},
        {KEY: [{"cols": 16, "codes": ["AAAAAA=="]}]},
        {KEY: [{"cols": 2, "codes": ["AAAA" * 10**6]}]},
        {KEY: [{"cols": 16, "codes": []}]},
    ],
)
def test_what_is_damaged_is_let_go(drawn: Any) -> None:
    assert rows_sent(Execute(drawn=drawn).drawn) == {}


def test_a_result_that_is_here_needs_no_rows() -> None:
    store = MemoryStore()
    store.put(KEY, {"text": ("whole",)})
    keep_rows(store, KEY, (np.zeros((3, 16), np.int64),))
    assert not store.has(f"{KEY}.rows")


def test_pictures_that_a_visitor_brought_are_named() -> None:
    name = f"sha256:{KEY}"
    nodes = {"a": {"task": "image_file", "inputs": {"image": {"image": name}}}}
    assert uploads_named(load(json.dumps({"lumina": 1, "nodes": nodes}))) == [name]
    assert uploads_named(load(TEXT)) == []
