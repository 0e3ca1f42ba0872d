"""Files on the canvas: read as the command line reads them."""

import base64
from pathlib import Path
from typing import Any

import pytest

from lumina.errors import LuminaError
from lumina.ui.visitors import Visitors
from lumina.ui.workflow_tab import WorkflowTab
from lumina.workflow.files import read_workflow
from lumina.workflow.schema import load

CASES = Path(__file__).parents[1] / "cases"


class Nobody:
    """A workshop without work."""

    painter: Any = None


def brought(file: str) -> dict[str, Any]:
    tab = WorkflowTab.__new__(WorkflowTab)
    tab._visitors = Visitors(Nobody())  # type: ignore[arg-type]
    return tab._brought({"file": base64.b64encode((CASES / file).read_bytes()).decode()})


@pytest.mark.parametrize("file", ["wf-v0.json", "utf16.json", "seed-2p53p1.json"])
def test_a_document_is_the_one_that_the_command_line_reads(file: str) -> None:
    assert load(brought(file)["document"]) == read_workflow(CASES / file)


def test_a_picture_without_a_workflow_is_kept_and_everything_else_is_refused() -> None:
    assert brought("p3.jpg")["image"].startswith("sha256:")
    for file, sentence in (
        ("dup.json", "twice"),
        ("IMG_0001.HEIC", "HEIC photograph"),
        ("photo.avif", "AVIF"),
    ):
        with pytest.raises(LuminaError, match=sentence):
            brought(file)
