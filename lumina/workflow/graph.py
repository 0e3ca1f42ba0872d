"""The order of a workflow's nodes: what rests on what, circles, and what a part of it needs."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from lumina.workflow.document import Link, Node, Workflow

INPUTS = "inputs"  # the source of a link to an input of the workflow
NODES, WORKFLOWS = "nodes", "workflows"
MOST_CIRCLES = 10  # that are told of one file

Needs = dict[str, set[str]]


def sources_of(node: Node) -> Iterator[tuple[str, str, str]]:
    """The links of a node as (its input, where from, which output)."""
    for name, value in node.inputs.items():
        if isinstance(value, Link):
            yield name, *value.ends


def needs_of(nodes: Mapping[str, Node]) -> Needs:
    """For each node the nodes that it is linked to, as far as they are there."""
    return {
        name: {source for _, source, _ in sources_of(node)} & nodes.keys() for name, node in nodes.items()
    }


def order_of(workflow: Workflow) -> list[str]:
    """The nodes so that each comes after all it needs, otherwise as in the document; there are no circles."""
    needs = needs_of(workflow.nodes)
    places = {name: place for place, name in enumerate(workflow.nodes)}
    sorter, order = TopologicalSorter(needs), list[str]()
    sorter.prepare()
    ready = list(sorter.get_ready())
    while ready:
        ready.sort(key=places.__getitem__)
        order.append(ready.pop(0))
        sorter.done(order[-1])
        ready += sorter.get_ready()
    return order


def with_needs(workflow: Workflow, ends: Iterable[str]) -> set[str]:
    """These nodes and all that they rest on."""
    needs, found = needs_of(workflow.nodes), set[str]()
    pending = [name for name in ends if name in needs]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += needs[name]
    return found


def circles(needs: Needs) -> list[list[str]]:
    """Circles as paths whose first node comes again at the end, each a link from one node to the next.

    One for each tangle: after a circle is found, its nodes are left out.
    """
    left, found = {name: set(sources) for name, sources in needs.items()}, list[list[str]]()
    while len(found) < MOST_CIRCLES:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            path: list[str] = error.args[1]
            found.append(path)
            left = {name: sources - {*path} for name, sources in left.items() if name not in path}
        else:
            break
    return found
