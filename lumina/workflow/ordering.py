"""What a document orders, in pictures to draw and pixels to hold, counted before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lumina.errors import InputError
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task, whole
from lumina.tasks.image_input import ImageInput
from lumina.workflow.binding import Batches, Binding, NodeCall, results
from lumina.workflow.document import Workflow
from lumina.workflow.graph import NODES, sources_of
from lumina.workflow.limits import RunLimits
from lumina.workflow.parsing import Problem, problem


@dataclass(frozen=True)
class RunOrder:
    """What one node, or all of them, ask for: ``pictures`` to draw, candidates included, and ``pixels``."""

    pictures: int = 0
    pixels: int = 0

    def __add__(self, other: "RunOrder") -> "RunOrder":
        return RunOrder(self.pictures + other.pictures, self.pixels + other.pixels)


class _Anything:
    """Has every picture, without its pixels: which one it is changes nothing of an order."""

    def find(self, name: str) -> ImageInput:
        """See ImageSource."""
        return ImageInput(name)


def order_problems(workflow: Workflow, order: Sequence[str], limits: RunLimits) -> list[Problem]:
    """The one thing wrong with a document that asks for too much, at the node that asks for most.

    ``order`` are the nodes that run, in running order. What only a run can tell is not counted: the pixels of
    pictures that are given, and what is made of them in their own size.
    """
    found = orders(workflow, order)
    whole_run = sum(found.values(), RunOrder())
    if whole_run.pictures > limits.pictures:
        name, most = max(found.items(), key=lambda each: each[1].pictures)
        message = (
            f"asks for {most.pictures:,} of the {whole_run.pictures:,} pictures of this run, and "
            f"{limits.pictures:,} are the most"
        )
        return [problem((NODES, name), message, "lower variations or best_of, or shorten a list")]
    if whole_run.pixels > limits.pixels:
        name, most = max(found.items(), key=lambda each: each[1].pixels)
        message = (
            f"asks for {most.pixels / 1e6:,.0f} of the {whole_run.pixels / 1e6:,.0f} million pixels of this "
            f"run, and {limits.pixels // 1_000_000:,} are the most"
        )
        return [problem((NODES, name), message, "make its pictures smaller, or shorten a list")]
    return []


def orders(workflow: Workflow, order: Sequence[str]) -> dict[str, RunOrder]:
    """What each node asks for that runs and can be told of; the document is valid."""
    binding = Binding(workflow, [_Anything()], None)
    outputs: dict[str, Batches] = {}
    found: dict[str, RunOrder] = {}
    absent: set[str] = set()
    for name in order:
        node = workflow.nodes[name]
        if node.mode == "mute" or absent & {source for _, source, _ in sources_of(node)}:
            absent.add(name)
            continue
        if node.mode == "bypass":
            outputs[name] = binding.bypassed(name, outputs)
            continue
        task = TASKS[node.task]
        try:
            axes, calls = binding.calls(name, outputs)
        except InputError:  # which the run itself says
            absent.add(name)
            continue
        outputs[name] = results(name, task, calls, axes, [None] * len(calls))
        found[name] = sum((_order(task, call) for call in calls), RunOrder())
    return found


def _order(task: type[Task], call: NodeCall) -> RunOrder:
    pictures = task.pictures(call.values)
    width, height = (_side(task, side, call.values) for side in ("width", "height"))
    is_one = issubclass(task, DrawingTask)  # its outputs are parts of one picture
    return RunOrder(pictures, width * height * (pictures if is_one else _image_outputs(task)))


def _image_outputs(task: type[Task]) -> int:
    return sum("image" in str(field.annotation).lower() for field in task.Output.model_fields.values())


def _side(task: type[Task], side: str, values: Mapping[str, Any]) -> int:
    """In pixels; 0 of a task that has none, for the size of its result rests on what it is given."""
    field = task.model_fields.get(side)
    return whole(values.get(side), whole(field.default, 0)) if field is not None else 0
