"""What the tests of workflows share: a fake model that can do everything, and a run as a list of events."""

from collections.abc import Callable
from typing import Any

import pytest

from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.workflow.document import Workflow
from lumina.workflow.events import Event, RunFinished
from lumina.workflow.executor import Resources, run

DRAWN = tuple(name for name, task in TASKS.items() if issubclass(task, DrawingTask))


@pytest.fixture
def able() -> FakePipeline:
    """A fake of a model that can do every task."""
    spec = spec_of("tabletop")
    return FakePipeline(type(spec)(**{**vars(spec), "tasks": DRAWN}))


@pytest.fixture
def resources(able: FakePipeline) -> Resources:
    """That model, and an empty store."""
    return Resources(able)


Ran = Callable[..., tuple[list[Event], RunFinished]]


@pytest.fixture
def ran(resources: Resources) -> Ran:
    """Run a document (as a dictionary) with the shared resources: all its events, and the last one."""

    def play(document: Any, until: str | None = None, **other: Any) -> tuple[list[Event], RunFinished]:
        workflow = Workflow.model_validate({"lumina": 1} | document)
        found = list(run(workflow, other.get("resources", resources), until))
        assert isinstance(found[-1], RunFinished)
        return found, found[-1]

    return play
