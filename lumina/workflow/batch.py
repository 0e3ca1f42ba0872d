"""One workflow run for each row of a table: several side by side, gone on with after any end.

What is done stands in a journal beside the results, a line for each thing that happened. A row that was begun
has its recipe there, with the seeds that were drawn for it, so that whoever goes on makes the same pictures.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, Literal, TypeAlias

from lumina.errors import InputError
from lumina.files import refusal
from lumina.steps import Following, Progress, Steps
from lumina.tasks.base import Picture
from lumina.tasks.image_input import ImageInput
from lumina.workflow import events
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import write_results
from lumina.workflow.schema import dump, load
from lumina.workflow.tables import InputRow

JOURNAL = "batch.jsonl"
FILE = "file"  # of a picture among the outputs: its name in the folder of results
_OF_A_ROW = re.compile(r"\d+-.+\.png")
LOOK = 0.2  # seconds between two looks at whether somebody wants to stop

Told: TypeAlias = Callable[[events.Event], None]
Bound: TypeAlias = Callable[[InputRow], tuple[Workflow, Resources]]
"""The document with the values of a row, and what it runs with; raises InputError for what does not fit."""


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row: by output its values, ``{"file": name}`` for a picture, or one sentence why not.

    ``is_fault`` says that something is broken here, where the row itself may be right.
    """

    row: int
    key: str
    status: Literal["done", "failed"]
    outputs: dict[str, list[Any]]
    message: str = ""
    is_fault: bool = False


class NotWritten(InputError):
    """The folder of results cannot be written to, so that no row can be run."""


class Journal:
    """The lines of ``batch.jsonl`` in the folder of results; the last line of a killed run may be torn."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path, self._lock = folder / JOURNAL, Lock()
        self.done: dict[tuple[int, str], dict[str, list[Any]]] = {}
        self.begun: dict[tuple[int, str], str] = {}
        for line in self._lines():
            place = int(line.get("row", 0)), str(line.get("key"))
            if line.get("status") == "begun":
                self.begun[place] = str(line.get("recipe"))
            elif line.get("status") == "done":
                self.done[place] = line.get("outputs") or {}
            else:
                self.begun.pop(place, None)  # a failed row is tried anew

    def note(self, row: int, key: str, status: str, **more: Any) -> None:
        """Add a line, which is in the file when this returns; raises NotWritten."""
        line = json.dumps({"row": row, "key": key, "status": status, **more}, ensure_ascii=False)
        with self._lock:
            try:
                with self._path.open("a", encoding="utf-8") as opened:
                    opened.write(line + "\n")
            except OSError as error:
                raise NotWritten(str(refusal(error, self.folder))) from error

    def has(self, row: int, key: str) -> bool:
        """Whether this row is done, and its files are still there."""
        outputs = self.done.get((row, key))
        return outputs is not None and all(
            (self.folder / value[FILE]).is_file()
            for values in outputs.values()
            for value in values
            if isinstance(value, dict) and FILE in value
        )

    def _lines(self) -> Iterator[dict[str, Any]]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise NotWritten(str(refusal(error, self.folder))) from error
        if text and not text.endswith("\n"):  # torn: what comes next begins a line of its own
            with self._path.open("a", encoding="utf-8") as opened:
                opened.write("\n")
        for line in text.splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def run_rows(
    rows: Sequence[InputRow],
    bound: Bound,
    folder: Path,
    at_once: int = 4,
    told: Told = lambda event: None,
) -> Steps[Progress, tuple[RowOutcome, ...]]:
    """Run the rows that are not done yet; yields after each. ``close()`` stops those under way.

    Results go to ``folder``, named after the number of their row. A row that cannot be run fails alone;
    raises InputError where nothing can be written. ``told`` hears in any thread what happens in a row.
    """
    batch = _Batch(bound, Journal(folder), len(str(len(rows))), told)
    outcomes: dict[int, RowOutcome] = {}
    with ThreadPoolExecutor(at_once, "row") as pool:
        open_rows = {pool.submit(batch.outcome, row) for row in rows}
        try:
            while open_rows:
                ended, open_rows = wait(open_rows, LOOK, FIRST_COMPLETED)
                for outcome in map(Future.result, ended):
                    if outcome is not None:
                        outcomes[outcome.row] = outcome
                        failed = sum(each.status == "failed" for each in outcomes.values())
                        yield Progress(len(outcomes), len(rows), "rows", {"failed": failed} if failed else {})
        finally:
            batch.stop.set()
            for future in open_rows:
                future.cancel()
    return tuple(outcomes[number] for number in sorted(outcomes))


def of_other_runs(folder: Path, outcomes: Sequence[RowOutcome]) -> list[str]:
    """The names of pictures in ``folder`` that are called as those of a row, and are of none of the
    outcomes."""
    names = {
        value[FILE]
        for each in outcomes
        for values in each.outputs.values()
        for value in values
        if isinstance(value, dict) and FILE in value
    }
    found = (path.name for path in folder.glob("*.png") if _OF_A_ROW.fullmatch(path.name))
    return sorted(name for name in found if name not in names)


class _Batch:
    """What the rows of one table share."""

    def __init__(self, bound: Bound, journal: Journal, width: int, told: Told) -> None:
        self.bound, self.journal, self.width, self.told = bound, journal, width, told
        self.stop = Event()

    def outcome(self, row: InputRow) -> RowOutcome | None:
        """Run one row, where it is not done; None where that was stopped."""
        try:
            workflow, resources = self.bound(row)
        except InputError as error:
            return RowOutcome(row.number, "", "failed", {}, str(error))
        place = row.number, _key(workflow, resources)
        if self.journal.has(*place):
            return RowOutcome(*place, "done", self.journal.done[place])
        recipe = self.journal.begun.get(place)
        try:
            return self._run(load(recipe) if recipe else workflow, resources, place)
        except NotWritten:
            raise
        except InputError as error:
            return self._failed(place, str(error), is_fault=False)

    def _run(self, workflow: Workflow, resources: Resources, place: tuple[int, str]) -> RowOutcome | None:
        with Following(run(workflow, resources)) as running:
            for event in running:
                self.told(event)
                if self.stop.is_set():
                    return None
                if isinstance(event, events.RunStarted):
                    self.journal.note(*place, "begun", recipe=event.recipe)
                elif isinstance(event, events.NodeFailed):
                    message = f'Node "{event.node}": {event.message}'
                    return self._failed(place, message, is_fault=not event.is_input)
                elif isinstance(event, events.ChoiceNeeded):
                    return self._failed(place, _choice(event), is_fault=False)
            return self._done(place, running.result)

    def _failed(self, place: tuple[int, str], message: str, is_fault: bool) -> RowOutcome:
        self.journal.note(*place, "failed", message=message)
        return RowOutcome(*place, "failed", {}, message, is_fault)

    def _done(self, place: tuple[int, str], finished: events.RunFinished) -> RowOutcome:
        try:
            written = write_results(finished, self.journal.folder, f"{place[0]:0{self.width}}-")
        except InputError as error:
            raise NotWritten(str(error)) from error
        outputs = {
            name: [
                {FILE: Path(found).name} if isinstance(value, Picture | ImageInput) else found
                for found, value in zip(written[name], values, strict=True)
            ]
            for name, values in finished.outputs.items()
        }
        self.journal.note(*place, "done", outputs=outputs)
        return RowOutcome(*place, "done", outputs)


def _choice(event: events.ChoiceNeeded) -> str:
    return (
        f'Node "{event.node}" waits for a choice of {len(event.pictures)} pictures; '
        f'add a column "{event.node}" with a number, or with likelihood.'
    )


def _key(workflow: Workflow, resources: Resources) -> str:
    """What decides a row's results, but for the seeds that are left open."""
    model = resources.painter.model if resources.painter else ""
    return hashlib.sha256(f"{model}\n{dump(workflow)}".encode()).hexdigest()[:16]
