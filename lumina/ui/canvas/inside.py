"""Nodes of the canvas that are workflows: one view of each, made of those of the nodes inside."""

from collections.abc import Mapping, Sequence
from typing import Literal

from PIL import Image

from lumina.tasks.base import Picture
from lumina.tasks.image_input import ImageInput
from lumina.ui.messages.base import Data
from lumina.ui.messages.canvas import NodeView, ShownPicture
from lumina.workflow.document import Link, Workflow
from lumina.workflow.events import NodeCached, NodeDone
from lumina.workflow.flattening import WITHIN, Flat
from lumina.workflow.node_sockets import node_outputs

State = Literal["idle", "queued", "running", "done", "cached", "stopped", "error", "skipped", "choice"]
FIRST: tuple[State, ...] = ("running", "choice", "error", "stopped", "skipped")  # whichever one of them has
OVER = ("done", "cached")


class Inside:
    """Which flat nodes a card stands for, and what of theirs it shows: what it gives, or what is made."""

    def __init__(self, workflow: Workflow, flat: Flat) -> None:
        outer = {name: node for name, node in workflow.nodes.items() if node.workflow}
        self._ends = {
            name: [
                flat.link(Link.model_validate({"from": f"{name}.{output}"})).ends
                for output in node_outputs(workflow, node)
            ]
            for name, node in outer.items()
        }
        self._inner = {name: [each for each in flat.of(name) if _outer(each) == name] for name in outer}
        self._given: dict[tuple[str, str], tuple[slice, list[str]]] = {}

    def note(self, event: NodeDone | NodeCached) -> None:
        """Which of a node's pictures and words belong to which of its outputs."""
        at = 0
        for output, values in event.outputs.items():
            words = [
                str(value) for value in values if not isinstance(value, Picture | ImageInput | Image.Image)
            ]
            count = len(values) - len(words)
            self._given[event.node, output] = slice(at, at + count), words
            at += count

    def cards(self, nodes: Mapping[str, NodeView]) -> dict[str, NodeView]:
        """The views of the document's own nodes, of those of the flat one."""
        found: dict[str, NodeView] = {}
        for name, view in nodes.items():
            outer = _outer(name)
            if outer not in self._inner:
                found[name] = view
            elif outer not in found:
                views = {each: nodes[each] for each in self._inner[outer] if each in nodes}
                found[outer] = self._card(outer, nodes, views)
        return found

    def _card(self, name: str, nodes: Mapping[str, NodeView], views: Mapping[str, NodeView]) -> NodeView:
        state = _state(list(views.values()))
        of_state = [(each, view) for each, view in views.items() if view.state == state]
        inner, first = of_state[0] if of_state else ("", NodeView(state=state))
        pictures, words = self._results(name, nodes)
        is_open = state in ("running", "choice", "stopped")
        place = (
            f"{inner.partition(WITHIN)[2]}, {list(views).index(inner) + 1} of {len(views)}" if inner else ""
        )
        told: Data = {
            "done": first.done,
            "total": first.total,
            "pictures": first.pictures if is_open and first.pictures else pictures,
            "text": "\n".join(words),
            "seconds": round(sum(view.seconds for view in views.values()), 2),
            "message": said_of(inner, first.message),
            "remark": " ".join(said_of(each, view.remark) for each, view in views.items() if view.remark),
            "asks": first.asks,
            "inside": place if is_open else "",
        }
        return NodeView(state=state, **{key: value for key, value in told.items() if value})

    def _results(self, name: str, nodes: Mapping[str, NodeView]) -> tuple[list[ShownPicture], list[str]]:
        """What it gives, as far as it is there."""
        pictures: list[ShownPicture] = []
        words: list[str] = []
        for node, output in self._ends[name]:
            if (node, output) in self._given and node in nodes:
                part, said = self._given[node, output]
                pictures += nodes[node].pictures[part]
                words += said
        return pictures, words


def said_of(node: str, message: str) -> str:
    """What is said of a node, on the card that it is inside of."""
    inner = node.partition(WITHIN)[2]
    return f"“{inner}” inside: {message}" if inner and message else message


def _outer(name: str) -> str:
    return name.partition(WITHIN)[0]


def _state(views: Sequence[NodeView]) -> State:
    """Of all together: at work while anything is left to do, done once something ran."""
    states = [view.state for view in views]
    for state in FIRST:
        if state in states:
            return state
    if states and all(state in OVER for state in states):
        return "done" if "done" in states else "cached"
    if "queued" not in states:
        return "idle"
    return "running" if any(state in OVER for state in states) else "queued"
