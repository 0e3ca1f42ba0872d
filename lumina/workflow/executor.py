"""Runs a workflow: each node once, in order, from the cache where nothing has changed."""

import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeAlias, TypeVar

from lumina.errors import InputError, InvalidWorkflow, LuminaError
from lumina.faults import NO_MEMORY, is_out_of_memory, note
from lumina.runtime.drawing import Codes
from lumina.runtime.painter import Painter
from lumina.runtime.partial_codes import PartialCodes
from lumina.runtime.request import below
from lumina.steps import Following, Steps
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task, TaskEvent, read
from lumina.workflow import events
from lumina.workflow.binding import WAY_IN, Batches, Binding, NodeCall, digest, results
from lumina.workflow.cache import MemoryStore, Store
from lumina.workflow.document import Workflow
from lumina.workflow.flattening import Flat, flatten
from lumina.workflow.graph import order_of, sources_of, with_needs
from lumina.workflow.image_lookup import ImageSource
from lumina.workflow.limits import Budget, RunLimits
from lumina.workflow.node_sockets import ends_of
from lumina.workflow.resolving import check_resolved, resolved
from lumina.workflow.schema import dump
from lumina.workflow.timings import Timings
from lumina.workflow.validation import ordered_too_much, problems

Values = Mapping[str, tuple[Any, ...]]
Result = TypeVar("Result")
Happening: TypeAlias = Generator[events.Event, None, Result]

ROWS = "rows"  # of an unfinished result in the store: the rows of codes that it has already

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resources:
    """What a run needs besides the document. Without a ``painter`` nothing that needs the model can run."""

    painter: Painter | None = None
    store: Store = field(default_factory=MemoryStore)
    image_sources: Sequence[ImageSource] = ()
    timings: Timings = field(default_factory=Timings)
    limits: RunLimits = field(default_factory=RunLimits)
    way_in: str = WAY_IN  # of a picture that is missing; {place} is where it is named

    def binding(self, workflow: Workflow) -> Binding:
        """What the nodes of a settled document are given."""
        return Binding(workflow, self.image_sources, self.painter, Budget(self.limits), self.way_in)


def run(workflow: Workflow, resources: Resources, until: str | None = None) -> events.Run:
    """Run a document, or with ``until`` only that node and what it rests on. ``close()`` cancels.

    Raises InvalidWorkflow, before anything runs, for problems of the document and inputs that are not filled.
    """
    return _Execution(prepared(workflow, resources, until), resources).play(until)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A document with nothing left open, the same as tasks alone, and those that run in running order."""

    settled: Workflow
    flat: Flat
    order: list[str]


def prepared(workflow: Workflow, resources: Resources, until: str | None) -> Prepared:
    """Make a document ready; raises what :func:`run` raises."""
    if until is not None and until not in workflow.nodes:
        raise InputError(f'There is no node "{until}"; this workflow has: {", ".join(workflow.nodes)}.')
    painter = resources.painter
    if found := problems(workflow, painter.spec if painter else None):
        raise InvalidWorkflow(found)
    flat = flatten(workflow)
    needed = taking_part(flat, until)
    check_resolved(flat, needed)
    settled = resolved(workflow, painter)
    flat = flatten(settled)
    order = [name for name in order_of(flat.workflow) if name in needed]
    if found := ordered_too_much(flat, resources.limits, order):
        raise InvalidWorkflow(found)
    return Prepared(settled, flat, order)


def taking_part(flat: Flat, until: str | None = None) -> set[str]:
    """The nodes of a run, notes left out."""
    nodes = flat.workflow.nodes
    chosen = nodes.keys() if until is None else with_needs(flat.workflow, flat.of(until))
    return {name for name in chosen if TASKS[nodes[name].task].Output.model_fields}


class _Execution:
    """One run: what has come out so far, and what happened to each node."""

    def __init__(self, ready: Prepared, resources: Resources) -> None:
        self.settled, self.flat, self.order = ready.settled, ready.flat, ready.order
        self.workflow, self.resources = ready.flat.workflow, resources
        self.wiring = resources.binding(self.workflow)
        self.outputs: dict[str, Batches] = {}
        self.causes: dict[str, str] = {}  # node that gave nothing: the node that is to blame
        self.lists: dict[str, list[str]] = {
            name: [] for name in ("executed", "cached", "skipped", "failed", "needs_choice")
        }

    def play(self, until: str | None) -> events.Run:
        """Every node in its turn."""
        began = perf_counter()
        yield events.RunStarted(dump(self.settled), tuple(self.order))
        for name in self.order:
            yield events.NodeQueued(name)
        for name in self.order:
            yield from self._node(name)
        finished = self._finished(until, perf_counter() - began)
        yield finished
        return finished

    def _node(self, name: str) -> Happening[None]:
        node = self.workflow.nodes[name]
        sources = [source for _, source, _ in sources_of(node)]
        cause = next((self.causes[source] for source in sources if source in self.causes), None)
        if cause is None and node.mode == "mute":
            cause = name
        if cause is not None:
            yield self._skipped(name, cause)
        elif node.mode == "bypass":
            self.outputs[name] = self.wiring.bypassed(name, self.outputs)
        else:
            yield from self._ready(name, TASKS[node.task])

    def _ready(self, name: str, task: type[Task]) -> Happening[None]:
        """A node that has all it needs."""
        try:
            axes, calls = self.wiring.calls(name, self.outputs)
        except InputError as error:
            yield self._failed(name, str(error))
            return
        if any(task.is_asked(call.values) for call in calls):
            yield self._asked(name, task, calls[0])
            return
        found: list[Values] = []
        seconds, is_cached = 0.0, True
        for index, call in enumerate(calls):
            try:
                values = self.resources.store.get(call.key)
                if values is None:
                    began, is_cached = perf_counter(), False
                    yield events.NodeStarted(name, index, len(calls))
                    values = yield from self._work(name, task, call, index, len(calls))
                    seconds += perf_counter() - began
                self.wiring.budget.hold(value for several in values.values() for value in several)
                found.append(values)
            except LuminaError as error:
                yield self._failed(name, str(error), isinstance(error, InputError))
                return
            except Exception as error:
                note(log, f"A node of {task.name} failed:", error)
                broke = "Something broke here; the log of the program says where."
                yield self._failed(name, NO_MEMORY if is_out_of_memory(error) else broke, False)
                return
        self.outputs[name] = results(name, task, calls, axes, found)
        yield self._done(name, calls, seconds, is_cached)

    def _work(self, name: str, task: type[Task], call: NodeCall, index: int, count: int) -> Happening[Values]:
        """Run one call; its unfinished rows are kept, whatever ends it, and used when it is begun again."""
        store, key, began = self.resources.store, call.key, perf_counter()
        asked, rows = read(task, call.values), f"{call.key}.{ROWS}"
        kept = (store.get(rows) or {}).get(ROWS, ())
        drawn, name_of_rows = PartialCodes(), key if _goes_on(asked) else ""
        with Following(self._steps(asked, kept)) as steps:
            try:
                for event in steps:
                    drawn.take(event)
                    yield events.NodeProgress(name, event, index, count, name_of_rows)
            except BaseException:
                if left := unfinished(asked, drawn):
                    store.put(rows, {ROWS: left})
                raise
        output = steps.result
        values = {field: _several(getattr(output, field)) for field in type(output).model_fields}
        store.put(key, values)
        if task.uses_model(call.values) and not kept:
            self.resources.timings.note(task.name, self._model, perf_counter() - began)
        return values

    def _steps(self, task: Task, kept: Sequence[Codes]) -> Steps[TaskEvent, Any]:
        painter = self.resources.painter
        if not task.uses_model(dict(task)):
            return task.run(painter)  # type: ignore[arg-type]  # needs none
        if painter is None:
            raise InputError(f"{task.title} needs a model, and none is loaded.")
        if not isinstance(task, DrawingTask) or not kept:
            return task.run(painter)
        resolved = task.resolved(painter)
        return resolved.draw(painter, below(resolved.requests(painter), kept))

    @property
    def _model(self) -> str:
        painter = self.resources.painter
        return painter.model if painter else ""

    def _done(self, name: str, calls: Sequence[NodeCall], seconds: float, is_cached: bool) -> Any:
        self.lists["cached" if is_cached else "executed"].append(name)
        key = calls[0].key if len(calls) == 1 else digest([call.key for call in calls])
        outputs, inputs = plain(self.outputs[name]), self.wiring.values(name)
        if is_cached:
            return events.NodeCached(name, key, outputs, inputs)
        return events.NodeDone(name, key, outputs, inputs, seconds)

    def _asked(self, name: str, task: type[Task], call: NodeCall) -> events.ChoiceNeeded:
        self.causes[name] = name
        self.lists["needs_choice"].append(name)
        pictures = next((value for value in call.values.values() if isinstance(value, tuple)), ())
        return events.ChoiceNeeded(name, task.asks or "", pictures)

    def _failed(self, name: str, message: str, is_input: bool = True) -> events.NodeFailed:
        self.causes[name] = name
        self.lists["failed"].append(name)
        return events.NodeFailed(name, message, is_input)

    def _skipped(self, name: str, cause: str) -> events.NodeSkipped:
        self.causes[name] = cause
        self.lists["skipped"].append(name)
        reason = "failed" if cause in self.lists["failed"] else "is muted"
        reason = "waits for a choice" if cause in self.lists["needs_choice"] else reason
        return events.NodeSkipped(name, cause, f'"{cause}" {reason}.')

    def _finished(self, until: str | None, seconds: float) -> events.RunFinished:
        links = ends_of(self.settled, until)
        found = {
            name: plain({name: batch})[name]
            for name, link in links.items()
            if (batch := self.wiring.outputs_of(self.flat.link(link), self.outputs))
        }
        lists = {name: tuple(names) for name, names in self.lists.items()}
        status = "failed" if lists["failed"] else "needs choice" if lists["needs_choice"] else "done"
        return events.RunFinished(
            status=status,
            outputs=found,
            seconds=seconds,
            recipe=dump(self.settled),
            sources={name: links[name].target for name in found},
            **lists,
        )


def plain(batches: Batches) -> dict[str, tuple[Any, ...]]:
    """The values of each output."""
    return {name: tuple(item.value for item in batch.items) for name, batch in batches.items()}


def unfinished(task: Task, drawn: PartialCodes) -> tuple[Codes, ...]:
    """The rows of codes that a drawing task has drawn so far, one array for each picture."""
    return drawn.all if _goes_on(task) else ()


def keep_rows(store: Store, key: str, rows: tuple[Codes, ...]) -> None:
    """Keep the rows that the call of this key has drawn elsewhere, unless ``store`` knows more of it.

    ``rows`` are one array [k, cols] for each of its pictures, the first ones; a run goes on below them.
    """
    if not store.has(key) and not store.has(f"{key}.{ROWS}"):
        store.put(f"{key}.{ROWS}", {ROWS: rows})


def _goes_on(task: Task) -> bool:
    """Whether its rows are kept when it is stopped; candidates are drawn anew."""
    return isinstance(task, DrawingTask) and task.best_of == 1


def _several(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
