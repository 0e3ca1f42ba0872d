"""A benchmark's words as people type them: a capital in front, a full stop behind."""

from typing import Any, TypeVar

from lumina.runtime.painter import Painter
from lumina.tasks.base import DrawingTask

TaskType = TypeVar("TaskType", bound=DrawingTask)


class AsTyped:
    """A painter to whom everything is said in sentences; else it is the painter it is made of."""

    def __init__(self, painter: Painter) -> None:
        self._painter = painter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._painter, name)


def as_typed(task: TaskType) -> TaskType:
    """The same task with every text as a sentence."""
    return task.model_copy(update={name: _sentence(getattr(task, name)) for name in task.word_fields()})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
