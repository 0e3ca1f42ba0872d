"""``lumina batch``: a workflow run for each row of a table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from lumina.cli import generate
from lumina.cli.console import AsJson, Model, Results, note, show, watched
from lumina.cli.workflow import (
    TWO_OR_ONE,
    assigned,
    filled,
    not_kept,
    pictures_around,
    resources_for,
    with_picture,
)
from lumina.errors import InputError
from lumina.files import check_writable, expanded, folder_named, folder_of, is_piped
from lumina.json_types import JsonObject
from lumina.process_end import STOPPED
from lumina.tasks.base import remarks_of, words_unknown
from lumina.workflow import events
from lumina.workflow.batch import JOURNAL, RowOutcome, of_other_runs, run_rows
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources
from lumina.workflow.files import read_workflow
from lumina.workflow.image_lookup import MemoryImages
from lumina.workflow.resolving import check_names, target_of, with_values
from lumina.workflow.tables import InputRow, read_table
from lumina.worlds.language import UnknownWord

AT_ONCE = 4
_NAMED = 3  # pictures of other runs in a sentence
_WITH_COMMA = re.compile(r"0*[1-9]\d*,\d{3}")  # thousands, as they may be
_WITH_POINT = re.compile(r"\d{1,3}(?:\.\d{3})+")


def run_batch(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A workflow, or a picture with its recipe.", parser=expanded),
    ],
    table: Annotated[
        Path,
        typer.Option(
            "--inputs",
            metavar="TABLE",
            help="A row for each run: .jsonl, .json, .csv, .tsv, .parquet, or -; a column for each input.",
            parser=expanded,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the results.", parser=folder_named)
    ],
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Fill an input of all rows; what a row has itself counts."
        ),
    ] = None,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, max=64, help="Rows that are run side by side.")
    ] = AT_ONCE,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Run a workflow for each row of a table; the same command goes on where it was stopped."""
    if is_piped(file) and file == table:
        raise InputError("The workflow and the table cannot both come on stdin; name a file for one of them.")
    rows, given = read_table(table), MemoryImages()
    workflow = read_workflow(file)
    common = assigned(workflow, values, given)
    workflow = filled(workflow, common)
    _check_columns(workflow, rows)
    _tell_filled(common, rows)
    check_writable(out)
    resources = resources_for(workflow, model, [given, *pictures_around(table, file)])
    binding = _Binding(workflow, resources, folder_of(table))
    try:
        outcomes = watched(run_rows(rows, binding, out, at_once, binding.told), "Running", quiet=as_json)
    except KeyboardInterrupt as error:
        note("Stopped; rows that are done are kept. The same command goes on from there.")
        raise typer.Exit(STOPPED) from error
    if unkept := not_kept(resources.store):
        note(unkept)
    beside = binding.tell_beside()
    Results.has_drawn = True
    report = _report(rows, outcomes, out)
    if others := of_other_runs(out, outcomes):
        report["others"] = [*others]
        note(_of_others(others, out))
    show(report | beside if as_json else _lines(outcomes, report, out))
    if failed := [each for each in outcomes if each.status == "failed"]:
        raise typer.Exit(1 if any(each.is_fault for each in failed) else 2)


def _check_columns(workflow: Workflow, rows: Sequence[InputRow]) -> None:
    """Raise InputError for a column, or a name in a row, that is no input."""
    for name, value in (item for row in rows for item in row.values.items()):
        if isinstance(value, dict) and target_of(workflow, name) is None:
            names = [each for key in value for each in (f"{name}.{key}", key) if target_of(workflow, each)]
            if names:
                raise InputError(f'In the table, "{name}" holds an object; write "{names[0]}" in its place.')
    known = set[str]()
    for row in rows:
        try:
            check_names(workflow, (name for name in row.values if name not in known))
            known |= row.values.keys()
        except InputError as error:
            named = "the table, whose columns are named in its first line"
            where = named if row.has_head else f"row {row.number} of the table"
            raise InputError(f"In {where}: {error}") from error


def _tell_filled(common: Iterable[str], rows: Sequence[InputRow]) -> None:
    """Say where rows have values of their own for what ``--set`` fills."""
    for name in common:
        if own := sum(name in row.values for row in rows):
            which = "all rows" if own == len(rows) else f"{own} of {len(rows)} rows"
            note(f"--set {name} fills empty cells only; {which} have a value of their own in the table.")


class _Binding:
    """Gives each row its document, and hears of words that the model does not know."""

    def __init__(self, workflow: Workflow, resources: Resources, folder: Path) -> None:
        self._workflow, self._resources, self._folder = workflow, resources, folder
        self._unknown: dict[str, UnknownWord] = {}
        self._remarks: dict[str, None] = {}

    def __call__(self, row: InputRow) -> tuple[Workflow, Resources]:
        given = MemoryImages()
        values = {
            name: with_picture(self._workflow, name, self._number(name, value), given, self._folder)
            for name, value in row.values.items()
        }
        sources = [given, *self._resources.image_sources]
        return with_values(self._workflow, values), replace(self._resources, image_sources=sources)

    def _number(self, name: str, value: Any) -> Any:
        """A cell as it is, or with the point for the comma of a decimal; several values are a JSON list."""
        socket = target_of(self._workflow, name)
        kind = socket.type if socket is not None else ""
        if not isinstance(value, str) or kind not in ("integer", "number"):
            return value
        cell = value.strip()
        sign = "comma" if _WITH_COMMA.fullmatch(cell) else "point"
        if sign == "comma" or (kind == "integer" and _WITH_POINT.fullmatch(cell)):
            raise InputError(f"{name}: {value} may be a decimal or a thousand; write it without the {sign}.")
        return cell.replace(",", ".") if TWO_OR_ONE.fullmatch(cell) else value

    def told(self, event: events.Event) -> None:
        """Look at what is drawn."""
        painter = self._resources.painter
        if painter is not None and (drawn := events.pictures_drawn(event)):
            words = words_unknown([one.task for one in drawn], painter.spec)
            self._unknown |= {one.word: one for one in words}
            self._remarks |= dict.fromkeys(remarks_of(drawn, painter.spec))

    def tell_beside(self) -> JsonObject:
        """Say what was heard, each once; and as a report has it."""
        painter = self._resources.painter
        if painter is None:
            return {}
        return generate.tell_beside(painter.spec, [*self._unknown.values()], self._remarks)


def _report(rows: Sequence[InputRow], outcomes: Sequence[RowOutcome], out: Path) -> JsonObject:
    done = [each for each in outcomes if each.status == "done"]
    return {
        "rows": len(rows),
        "done": len(done),
        "failed": [{"row": each.row, "message": each.message} for each in outcomes if each not in done],
        "outputs": {str(each.row): dict(each.outputs) for each in done},
        "journal": str(out / JOURNAL),
    }


def _of_others(names: Sequence[str], out: Path) -> str:
    """What a person reads of pictures in the folder of results that are of no row of this run."""
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more} more, which --json names" if more > 0 else "")
    count = f"{len(names)} pictures in {out} are" if len(names) > 1 else f"One picture in {out} is"
    return f"{count} not of this run, but of another table or an earlier run: {listed}."


def _lines(outcomes: Sequence[RowOutcome], report: JsonObject, out: Path) -> list[str]:
    failed = [each for each in outcomes if each.status == "failed"]
    for each in failed:
        note(f"Row {each.row}: {each.message}")
    those = f", {len(failed)} failed" if failed else ""
    return [f"{report['done']} of {report['rows']} rows done{those}; results in {out}."]
