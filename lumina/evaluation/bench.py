"""The whole speed benchmark: every part in turn, its figures as JSON, as a table and as a chart."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from lumina.errors import InputError
from lumina.evaluation import contest, settled, speed, start, throughput
from lumina.evaluation.machine import GB, machine
from lumina.evaluation.speed_chart import chart
from lumina.files import refusal
from lumina.json_types import JsonObject
from lumina.model.layout import SIZE_PIXELS
from lumina.runtime.painter import Painter
from lumina.steps import Progress, Steps

PARTS = ("windows", "contest", "precisions", "throughput", "settled", "start")


def run(
    painter: Painter,
    *,
    parts: Sequence[str] = PARTS,
    pictures: int = 3,
    windows: Sequence[int] = speed.WINDOWS,
) -> Steps[Progress, JsonObject]:
    """Measure these parts; ``pictures`` are drawn for each window and precision, and by each contestant.

    The parts of the windows stand at the top of the result, those of others below their names. Raises
    InputError before the first step for a part that there is not, or that is none of this model's.
    """
    for part in parts:
        if part not in PARTS:
            raise InputError(f'There is no part "{part}"; choose some of: {", ".join(PARTS)}.')
    if "contest" in parts and painter.spec.is_published:
        raise InputError(
            f"{painter.spec.title} is too large to be held twice; leave the contest out, or measure its "
            "sizes with --random-weights."
        )
    return _run(painter, parts, pictures, windows)


def _run(
    painter: Painter, parts: Sequence[str], pictures: int, windows: Sequence[int]
) -> Steps[Progress, JsonObject]:
    here = machine()
    found: JsonObject = {}
    if "windows" in parts:
        found |= yield from speed.run(painter, pictures=pictures, windows=windows)
    found["machine"] = here
    if "contest" in parts:
        found["contest"] = yield from _contests(
            painter, pictures, float(str(here["copy_gb_per_second"])) * GB
        )
    others: Mapping[str, Callable[[], Steps[Progress, JsonObject]]] = {
        "precisions": lambda: speed.precisions(painter, pictures=pictures),
        "throughput": lambda: throughput.run(painter),
        "settled": lambda: settled.run(painter),
        "start": lambda: start.run(painter.spec.name),
    }
    for name in parts:
        if name in others:
            found[name] = yield from others[name]()
    return found


def _contests(painter: Painter, rounds: int, copied: float) -> Steps[Progress, JsonObject]:
    """With the weights of this model, and with a larger random network."""
    codes_per_size = SIZE_PIXELS // painter.pixels_per_code
    own = contest.Contest.of_model(painter.spec, painter.settings, codes_per_size)
    found: JsonObject = {painter.spec.name: (yield from contest.run(own, rounds, copied))}
    del own
    found["random"] = yield from contest.run(contest.Contest.of_noise(), max(1, rounds // 2), copied)
    return found


def write(found: JsonObject, out: Path) -> None:
    """Write bench.json, bench.md and bench.png into ``out``; raises InputError where that cannot be."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "bench.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (out / "bench.md").write_text(table(found), encoding="utf-8")
        chart(found).save(out / "bench.png")
    except OSError as error:
        raise refusal(error, out) from error


def table(found: JsonObject) -> str:
    """All figures as markdown: a table for each part whose rows have the same figures, else a line each."""
    lines: list[str] = []
    _describe(found, "Speed", 1, lines)
    return "\n".join(lines) + "\n"


def _describe(value: Mapping[str, JsonValue], title: str, level: int, lines: list[str]) -> None:
    lines += ["#" * level + " " + title.replace("_", " "), ""]
    plain = {name: each for name, each in value.items() if not isinstance(each, dict) or _is_count(each)}
    lines += [f"- {name.replace('_', ' ')}: {_text(each)}" for name, each in plain.items()]
    lines += [""] if plain else []
    rows = {name: each for name, each in value.items() if isinstance(each, dict) and name not in plain}
    if rows and not plain and len({tuple(row) for row in rows.values()}) == 1 and _is_flat(rows):
        columns = [*next(iter(rows.values()))]
        lines += ["| | " + " | ".join(each.replace("_", " ") for each in columns) + " |"]
        lines += ["|---" * (1 + len(columns)) + "|"]
        lines += [
            f"| {name.replace('_', ' ')} | " + " | ".join(_text(row[each]) for each in columns) + " |"
            for name, row in rows.items()
        ]
        lines.append("")
        return
    for name, row in rows.items():
        _describe(row, name, level + 1, lines)


def _is_flat(rows: Mapping[str, Mapping[str, JsonValue]]) -> bool:
    return not any(isinstance(each, dict) for row in rows.values() for each in row.values())


def _is_count(value: Mapping[str, JsonValue]) -> bool:
    """How often each number occurred."""
    return all(name.isdecimal() and isinstance(each, int) for name, each in value.items())


def _text(value: JsonValue) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{times}×{name}" for name, times in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
