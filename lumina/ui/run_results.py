"""The results of a run as files for the gallery, each as soon as it is there: a closed tab loses none."""

from dataclasses import replace

from lumina.workflow.document import Link
from lumina.workflow.events import Event, NodeCached, NodeDone, RunFinished, RunStarted
from lumina.workflow.files import result_files
from lumina.workflow.flattening import Flat, flatten
from lumina.workflow.node_sockets import ends_of
from lumina.workflow.schema import load


class RunResults:
    """Follows the events of one run, of all nodes or ``until`` one."""

    def __init__(self, until: str | None) -> None:
        self._until, self._recipe = until, ""
        self._left: dict[str, Link] = {}  # outputs by name that have not come yet
        self._flat: Flat | None = None

    def take(self, event: Event) -> list[bytes]:
        """The pictures that came with this event, PNG files with the whole recipe."""
        if isinstance(event, RunStarted):
            self._recipe = event.recipe
            workflow = load(event.recipe)
            self._left, self._flat = dict(ends_of(workflow, self._until)), flatten(workflow)
        elif isinstance(event, NodeDone | NodeCached):
            return self._of_node(event)
        elif isinstance(event, RunFinished):  # what no node has made
            rest = {name: values for name, values in event.outputs.items() if name in self._left}
            return _files(replace(event, outputs=rest))
        return []

    def _of_node(self, event: NodeDone | NodeCached) -> list[bytes]:
        found, sources = {}, {}
        for name, link in list(self._left.items()):
            node, output = (self._flat.link(link) if self._flat else link).ends
            if node == event.node and output in event.outputs:
                found[name], sources[name] = event.outputs[output], link.target
                del self._left[name]
        some = RunFinished("done", found, (), (), 0.0, self._recipe, sources=sources)
        return _files(some)


def _files(finished: RunFinished) -> list[bytes]:
    values = (value for values in result_files(finished).values() for value in values)
    return [value for value in values if isinstance(value, bytes)]
