"""Tasks against the reference: the ids that drawing starts from, and the cut of a given picture."""

import copy
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lumina.images import cover
from lumina.model.config import ModelSpec
from lumina.model.text import TextTokenizer
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.tokens import Completed, Generation, Joined, TokenEvent, TokenRequest
from lumina.settings import Settings
from lumina.steps import Steps, finish
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, read
from tests.parity.golden import Golden

SPEC = ModelSpec(
    "golden", "Golden", "", (), (0, 0), tuple(TASKS), 4.0, kinds=("depth", "canny", "hed", "openpose")
)


class Listener:
    """An engine that only takes note of what it is asked for."""

    def __init__(self, text: TextTokenizer) -> None:
        self.vocabulary = text.vocabulary()
        self.asked: list[TokenRequest] = []

    def check(self, request: TokenRequest) -> None:
        self.asked.append(request)

    def generate_all(self, requests: Sequence[TokenRequest]) -> Steps[TokenEvent, tuple[Generation, ...]]:
        layouts = [request.layout for request in requests]
        codes = [torch.zeros(layout.rows, layout.cols, dtype=torch.long) for layout in layouts]
        drawn = tuple(Generation(each, each.float(), 0, 0, 0, 0.0, ()) for each in codes)
        for index, generation in enumerate(drawn):
            yield Joined(index=index)
            yield Completed(index=index, generation=generation)
        return drawn


pytestmark = pytest.mark.numbers("prompts.json")


@pytest.fixture
def pipeline(golden: Golden) -> Pipeline:
    text, movqgan = golden.text, copy.copy(golden.movqgan)
    movqgan.decode = lambda codes: torch.zeros(1, 3, 8 * codes.shape[1], 8 * codes.shape[2])  # type: ignore[method-assign]
    sizes = tuple(result_size(record) for record in golden.records("prompts")["prompts"])
    spec = replace(SPEC, sizes=sizes, default_size=sizes[0])
    return Pipeline(spec, Settings(), text, Listener(text), movqgan, "golden", previews=False)


def result_size(record: dict[str, Any]) -> tuple[int, int]:
    """Of the picture, or of one panel of a dual panel."""
    return record["width"], record["height"] // (1 if record["task"] == "t2i" else 2)


def task_for(record: dict[str, Any], folder: Path) -> DrawingTask:
    """The task that a recorded prompt of the reference stands for."""
    task, words = record["task"], {"prompt": record["prompt"], "seed": 0}
    size = dict(zip(("width", "height"), result_size(record), strict=True))
    if task == "t2i":
        return read(TASKS["text_to_image"], words | size)
    if task != "i2i":
        return read(TASKS["image_pair"], words | size | {"kind": task})
    picture = Image.open(folder / (record.get("source") or record["cropped"]))
    if record["i2i_task"] == "subject":
        described = re.search(r"displays a <(.*?)>", record["question"])
        assert described
        return read(TASKS["subject"], words | size | {"image": picture, "subject": described[1]})
    return read(TASKS["control"], words | size | {"condition": picture, "kind": record["i2i_task"]})


def test_every_task_starts_from_the_ids_of_the_reference(golden: Golden, pipeline: Pipeline) -> None:
    records = golden.records("prompts")["prompts"]
    for record in records:
        finish(task_for(record, golden.folder / "golden").run(pipeline))
        request = pipeline._engine.asked[-1]  # type: ignore[attr-defined]
        ids = list(request.prompt)
        if request.given is not None:
            ids += request.layout.encode(request.given.codes).tolist()
        assert ids == record["ids"], record["question"]
    assert records


def test_given_pictures_are_cut_as_by_the_reference(golden: Golden) -> None:
    records = [record for record in golden.records("prompts")["prompts"] if record.get("source")]
    if not records:
        pytest.skip("holds no pictures before their cut")
    for record in records:
        wanted = Image.open(golden.folder / "golden" / record["cropped"])
        panel = cover(Image.open(golden.folder / "golden" / record["source"]), *wanted.size)
        assert panel.mode == "RGB" and panel.size == (record["width"], record["height"] // 2)
        off = np.asarray(panel).astype(int) - np.asarray(cover(wanted, *wanted.size)).astype(int)
        assert np.abs(off).max() <= 1
