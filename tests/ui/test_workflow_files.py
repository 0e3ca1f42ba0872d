"""Files on the canvas: read as the command line reads them."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lumina.errors import InvalidWorkflow, LuminaError
from lumina.model.config import MODELS
from lumina.ui.messages.canvas import Bring
from lumina.ui.sessions import Sessions
from lumina.ui.workflow_api import _workflow as endpoint_document
from lumina.ui.workflow_tab import WorkflowTab
from lumina.workflow.files import read_workflow
from lumina.workflow.image_lookup import MemoryImages
from lumina.workflow.schema import load

CASES = Path(__file__).parents[1] / "cases"


class Nobody:
    """A workshop without work."""

    painter: Any = None


def opened_tab() -> WorkflowTab:
    tab = WorkflowTab.__new__(WorkflowTab)
    tab._visitors, tab._spec = Sessions(Nobody()), MODELS["tabletop"]  # type: ignore[arg-type]
    return tab


def brought(file: str) -> dict[str, Any]:
    return opened_tab()._brought(Bring(file=base64.b64encode((CASES / file).read_bytes()).decode()))


@pytest.mark.parametrize("file", ["utf16.json", "seed-2p53p1.json"])
def test_a_document_is_the_one_that_the_command_line_reads(file: str) -> None:
    assert load(brought(file)["document"]) == read_workflow(CASES / file)


def test_a_document_of_another_version_is_refused_in_the_same_words_by_every_way_in() -> None:
    data, file = (CASES / "wf-v0.json").read_bytes(), CASES / "wf-v0.json"
    ways: list[Callable[[], object]] = [
        lambda: brought(file.name),
        lambda: read_workflow(file),
        lambda: endpoint_document(data.decode(), MODELS["tabletop"], MemoryImages(), "uploads"),
        lambda: endpoint_document(json.loads(data), MODELS["tabletop"], MemoryImages(), "uploads"),
        lambda: opened_tab()._read(data.decode()),
    ]
    told = []
    for way in ways:
        with pytest.raises(InvalidWorkflow) as refused:
            way()
        told.append(str(refused.value))
    assert set(told) == {told[0]} and "version 1 is the only one that is read here" in told[0]


def test_a_picture_without_a_workflow_is_kept_and_everything_else_is_refused() -> None:
    assert brought("p3.jpg")["image"].startswith("sha256:")
    for file, sentence in (
        ("dup.json", "twice"),
        ("IMG_0001.HEIC", "HEIC photograph"),
        ("photo.avif", "AVIF"),
    ):
        with pytest.raises(LuminaError, match=sentence):
            brought(file)


@pytest.mark.parametrize(
    "payload", [None, "text", [], {"document": 3}, {"document": "{}", "target": 7}, {"visitor": {"a": 1}}]
)
def test_a_run_that_is_asked_for_in_another_way_is_one_sentence(payload: Any) -> None:
    (view,) = opened_tab()._run(payload)
    assert view["state"] == "failed" and view["message"] == "The page sent what cannot be read; reload it."
