"""What happens while a workflow runs, one frozen value for each thing a person may want to see."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lumina.tasks.base import Picture, TaskEvent

Outputs: TypeAlias = Mapping[str, tuple[Any, ...]]
"""The values of a node by output, one or more each: pictures (drawn ones as ``Picture``), texts, numbers."""


@dataclass(frozen=True)
class NodeEvent:
    """Something that happened to the node with the id ``node``."""

    node: str


@dataclass(frozen=True)
class RunStarted:
    """The first event. ``recipe`` is the document as it runs: the one to run again after a stop."""

    recipe: str
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class NodeQueued(NodeEvent):
    """It will run; told for every node at the start of a run, in the order they will run in."""


@dataclass(frozen=True)
class NodeStarted(NodeEvent):
    """Its work begins, for value ``item`` (from 0) of the ``items`` that its lists ask for."""

    item: int = 0
    items: int = 1


@dataclass(frozen=True)
class NodeProgress(NodeEvent):
    """Its work goes on: ``step`` is what its task tells, at least once a row.

    ``key`` names the call where its rows can be gone on from (:func:`lumina.workflow.executor.keep_rows`).
    """

    step: TaskEvent
    item: int = 0
    items: int = 1
    key: str = ""


@dataclass(frozen=True, eq=False)
class NodeDone(NodeEvent):
    """It ran. ``inputs`` are its literals as they were really used; ``key`` names the result in the cache."""

    key: str
    outputs: Outputs
    inputs: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True, eq=False)
class NodeCached(NodeEvent):
    """Nothing it rests on has changed: its outputs were taken from the cache."""

    key: str
    outputs: Outputs
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class NodeSkipped(NodeEvent):
    """It was left out, because ``cause`` (a node's id) failed, is muted or waits for a choice."""

    cause: str
    message: str


@dataclass(frozen=True)
class NodeFailed(NodeEvent):
    """It could not run; ``message`` is one sentence for the person.

    ``is_input`` says whether the inputs have to change, or whether something is broken here.
    """

    message: str
    is_input: bool = True


@dataclass(frozen=True, eq=False)
class ChoiceNeeded(NodeEvent):
    """A person has to pick one of ``pictures``: write its number, from 1, to the literal ``input``."""

    input: str
    pictures: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class RunFinished:
    """The last event. ``outputs`` are the workflow's own, by name; the lists hold ids in running order.

    ``status`` is "done", "needs choice", or "failed" where a node failed. ``recipe`` is the document as
    it ran: random seeds and open options filled in, the model pinned.
    """

    status: str
    outputs: Outputs
    executed: tuple[str, ...]
    cached: tuple[str, ...]
    seconds: float
    recipe: str
    skipped: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    needs_choice: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """For each of the outputs the link it comes from, ``node.output``."""


Event: TypeAlias = (
    RunStarted
    | NodeQueued
    | NodeStarted
    | NodeProgress
    | NodeDone
    | NodeCached
    | NodeSkipped
    | NodeFailed
    | ChoiceNeeded
    | RunFinished
)
Run: TypeAlias = Generator[Event, None, RunFinished]
"""A workflow at work. ``close()`` cancels; the result is also its last event."""


def pictures_drawn(event: Event) -> list[Picture]:
    """Of a node that is through, each picture it gives."""
    if not isinstance(event, NodeDone | NodeCached):
        return []
    values = (value for several in event.outputs.values() for value in several)
    return [value for value in values if isinstance(value, Picture)]
