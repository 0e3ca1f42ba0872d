"""What a run would do, before a second is spent: which nodes run, which are cached, and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lumina.errors import InputError
from lumina.tasks import TASKS
from lumina.tasks.base import Task
from lumina.workflow.binding import Batches, NodeCall, results
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources, prepared
from lumina.workflow.graph import sources_of

STATES = ("run", "cached", "choice", "skipped", "wrong")


@dataclass(frozen=True)
class PlannedStep:
    """What will happen to a node.

    ``state`` is one of STATES: "choice" waits for a person, "skipped" rests on a node that gives nothing,
    "wrong" cannot run, as ``message`` says. ``seconds`` is None where nothing alike has run before.
    """

    node: str
    state: str
    seconds: float | None = 0.0
    runs: int = 0
    message: str = ""


@dataclass(frozen=True)
class Plan:
    """The steps of a run in order. ``seconds`` counts those whose time is known."""

    steps: tuple[PlannedStep, ...]

    @property
    def running(self) -> tuple[PlannedStep, ...]:
        """The steps that will run."""
        return tuple(step for step in self.steps if step.state == "run")

    @property
    def seconds(self) -> float:
        """How long it will take, as far as that is known."""
        return sum(step.seconds or 0.0 for step in self.running)

    @property
    def line(self) -> str:
        """``2 of 5 steps will run, about 6 s``"""
        if not self.running:
            return " ".join(self.open) or "Nothing has to run."
        return ". ".join([self._counted(), " ".join(self.open)]) if self.open else self._counted()

    @property
    def open(self) -> list[str]:
        """What is missing, a sentence each: pictures that are not here, choices of a person."""
        wrong = [step.message for step in self.steps if step.state == "wrong" and step.message]
        waits = [f'"{step.node}" waits for a choice.' for step in self.steps if step.state == "choice"]
        return list(dict.fromkeys(wrong + waits))

    @property
    def can_end(self) -> bool:
        """Whether the run comes to its end, or to a choice, rather than to an error."""
        return all(step.state != "wrong" for step in self.steps)

    def _counted(self) -> str:
        text = f"{len(self.running)} of {len(self.steps)} step{'s' * (len(self.steps) != 1)} will run"
        known = [step.seconds for step in self.running if step.seconds is not None]
        return f"{text}, about {_rounded(sum(known))}" if len(known) == len(self.running) else text


def plan(workflow: Workflow, resources: Resources, until: str | None = None) -> Plan:
    """The plan of :func:`lumina.workflow.executor.run` with the same arguments; raises what it raises.

    A random seed is another one in each run, so nodes that have one are planned to run.
    """
    ready = prepared(workflow, resources, until)
    return _Planning(ready.flat.workflow, resources, ready.order).plan()


class _Planning:
    def __init__(self, workflow: Workflow, resources: Resources, order: Sequence[str]) -> None:
        self.workflow, self.resources, self.order = workflow, resources, order
        self.wiring = resources.binding(workflow)
        self.outputs: dict[str, Batches] = {}
        self.absent: set[str] = set()

    def plan(self) -> Plan:
        """Every node in its turn; bypassed ones are no steps."""
        steps = (self._step(name) for name in self.order)
        return Plan(tuple(step for step in steps if step is not None))

    def _step(self, name: str) -> PlannedStep | None:
        node = self.workflow.nodes[name]
        if node.mode == "mute" or self.absent & {source for _, source, _ in sources_of(node)}:
            return self._without(name, "skipped")
        if node.mode == "bypass":
            self.outputs[name] = self.wiring.bypassed(name, self.outputs)
            return None
        task = TASKS[node.task]
        try:
            axes, calls = self.wiring.calls(name, self.outputs)
        except InputError as error:
            return self._without(name, "wrong", str(error))
        if any(task.is_asked(call.values) for call in calls):
            return self._without(name, "choice")
        self.outputs[name] = results(name, task, calls, axes, [None] * len(calls))
        new = [call for call in calls if not self.resources.store.has(call.key)]
        if not new:
            return PlannedStep(name, "cached")
        return PlannedStep(name, "run", self._seconds(task, new), len(new))

    def _without(self, name: str, state: str, message: str = "") -> PlannedStep:
        self.absent.add(name)
        return PlannedStep(name, state, message=message)

    def _seconds(self, task: type[Task], calls: Sequence[NodeCall]) -> float | None:
        if not any(task.uses_model(_given(call)) for call in calls):
            return 0.0
        painter = self.resources.painter
        each = self.resources.timings.expect(task.name, painter.model if painter else "")
        return None if each is None else each * len(calls)


def _given(call: NodeCall) -> Mapping[str, object]:
    return {name: item.value for name, item in call.inputs.items()}


def _rounded(seconds: float) -> str:
    if seconds < 1:
        return "1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
