"""How many codes a forward settles, task by task: what the window is worth."""

from collections import Counter

from lumina.evaluation.measuring import measure
from lumina.json_types import JsonObject
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps
from lumina.worlds import world_of

SEED = 30_000  # of held-out cases that the benchmark does not draw


def run(painter: Painter, cases: int = 2) -> Steps[Progress, JsonObject]:
    """Draw held-out cases of every task that the model can do, with its own options; yields after each.

    The histogram counts forwards by how many codes they settled. Nothing where the model has no world.
    """
    world = world_of(painter.spec.world)
    if world is None:
        return {}
    benchmark = world.benchmark()
    able = {name: task for name, task in benchmark.tasks.items() if task in painter.spec.tasks}
    counts: dict[str, Counter[int]] = {}
    for done, (name, task) in enumerate(able.items(), start=1):
        for case in benchmark.cases(name, cases, SEED):
            for drawn in measure(case, painter, {}).drawn:
                counts.setdefault(task, Counter()).update(drawn.first.drawing.accepted)
        yield Progress(done, len(able), unit="tasks")
    return {task: _figures(count) for task, count in counts.items()}


def _figures(count: Counter[int]) -> JsonObject:
    forwards = count.total()
    return {
        "tokens_per_forward": round(sum(size * times for size, times in count.items()) / max(forwards, 1), 3),
        "forwards": forwards,
        "histogram": {str(size): count[size] for size in sorted(count)},
    }
