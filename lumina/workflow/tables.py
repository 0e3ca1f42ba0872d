"""Rows of values for the inputs of a workflow, from a table in a file."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lumina.errors import InputError, InvalidWorkflow
from lumina.files import called, is_piped, opened_to_read, regular, unopened
from lumina.formats import HEAD, format_of, with_article
from lumina.workflow.parsing import parse

MAX_ROWS = 100_000
MAX_BYTES = 256 * 2**20
KINDS = ".jsonl, .json, .csv, .tsv or .parquet"
_LINES = (".jsonl", ".ndjson", ".json")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how a file begins: of today, and .xls
_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r"\"?sep=([,;\t])\"?\r?\n", re.IGNORECASE)
_SIGNS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "an upright stroke"}


@dataclass(frozen=True)
class InputRow:
    """Values by the name of an input; ``number`` counts from 1, without the table's head, if it has one."""

    number: int
    values: dict[str, Any]
    has_head: bool = field(default=False, compare=False)


def read_table(path: Path) -> list[InputRow]:
    """The rows of a table: .jsonl has an object on each line, or is one list of them; .csv, .tsv and .parquet
    have named columns. What comes through a pipe (``-``) is of the one kind or the other as it begins.

    Cells of a .csv are parted by commas, or by semicolons, tabs or strokes where its first line has no comma.
    An empty cell, or null, leaves an input as it is; a column without a name is none if nothing stands in it.
    Raises InputError for a file that is no such table.
    """
    kind, piped, has_head = path.suffix.lower(), is_piped(path), False
    if not piped and _is_workbook(path):
        raise InputError(f"{called(path, 'table')} is a workbook; save it as CSV, and name that.")
    if kind == ".parquet":
        found = list(_parquet(path))
    elif kind in (*_LINES, ".csv", ".tsv") or piped:
        text = _text(path)
        is_lines = kind in _LINES or (piped and text.lstrip()[:1] in ("{", "["))
        found, has_head = list(_objects(path, text) if is_lines else _cells(text)), not is_lines
    else:
        with suppress(OSError):
            regular(path)  # which says that it is a folder
        raise InputError(f"{called(path, 'table')} must end in {KINDS}.")
    if not found:
        raise InputError(f"{called(path, 'table')} has no rows; each row is one run.")
    if len(found) > MAX_ROWS:
        raise InputError(f"The table has {len(found):,} rows; at most {MAX_ROWS:,} are run at once.")
    return [InputRow(number, values, has_head) for number, values in enumerate(found, start=1)]


def _is_workbook(path: Path) -> bool:
    """Whether a file is one of Excel or LibreOffice by its content, whatever its name; no archive."""
    try:
        with regular(path).open("rb") as opened:
            head = opened.read(4)
    except (OSError, ValueError, InputError):  # which is told when it is read
        return False
    return head in _WORKBOOKS and path.suffix.lower() != ".zip"


def texts_in(path: Path) -> list[str]:
    """The lines of a file that are not empty; raises InputError where there are none."""
    found = [line.strip() for line in _text(path).splitlines() if line.strip()]
    if not found:
        raise InputError(f"{called(path)} is empty; write a text on each line.")
    return found


def _objects(path: Path, text: str) -> Iterator[dict[str, Any]]:
    is_list = text.lstrip().startswith("[")
    if path.suffix.lower() == ".json" and not is_list:
        raise InputError(f"{called(path, 'table')} is no list of rows; {_list_within(text)}")
    if is_list:
        rows = [("A row of the table", text)]
    else:
        lines = enumerate(_LINE_END.split(text), start=1)
        rows = [(f"Line {number} of the table", line) for number, line in lines if line.strip()]
    for where, row in rows:
        try:
            values = parse(row, MAX_BYTES)
        except InvalidWorkflow as error:
            problem = error.problems[0]
            raise InputError(f"{where}: {problem['message']}; {problem['fix']}.") from error
        for each in values if isinstance(values, list) else [values]:
            if not isinstance(each, dict):
                raise InputError(f'{where} must be an object, as {{"prompt": "a cat"}}.')
            yield {name: value for name, value in each.items() if value is not None}


def _list_within(text: str) -> str:
    """What to do with a JSON file that is no list: one may stand in it, as ``{"rows": […]}``."""
    try:
        found = parse(text, MAX_BYTES)
    except InvalidWorkflow:
        found = None
    names = [name for name, value in found.items() if _is_rows(value)] if isinstance(found, dict) else []
    if len(names) == 1:
        return f'write the list in its "{names[0]}" alone.'
    return "name another, or write [ ] around its rows."


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _separator(head: str) -> str:
    """What parts the cells: a comma, or what the first line has in place of one, as a German Excel."""
    plain = _QUOTED.sub("", head)
    return next((sign for sign in ",;\t|" if sign in plain), ",")


def _cells(text: str) -> Iterator[dict[str, Any]]:
    text, separator = text.lstrip("\r\n"), None
    if declared := _DECLARED.match(text):  # "sep=;", which Excel reads and writes
        text, separator = text[declared.end() :], declared[1]
    separator = separator or _separator(_LINE_END.split(text, maxsplit=1)[0])
    try:
        lines = io.StringIO(text, newline="")
        table = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
        names = [name.strip() for name in next(table, [])]
        is_named_twice = len({*names} - {""}) < len([*filter(None, names)])
        for cells in (cells for cells in table if any(cell.strip() for cell in cells)):
            last = max(place for place, cell in enumerate(cells, start=1) if cell.strip())
            if last > len(names):
                raise InputError(
                    f"Line {table.line_num} of the table has {last} cells for {len(names)} columns; "
                    f'write a cell that holds {_SIGNS[separator]} in "quotes".'
                )
            given = [(name, cell) for name, cell in zip(names, cells, strict=False) if cell.strip()]
            row = dict(given)
            if is_named_twice or "" in row:
                raise InputError("Each column of the table needs a name of its own in the first line.")
            yield row
    except csv.Error as error:
        raise InputError(f"Line {table.line_num} of the table cannot be read; check its quotes.") from error


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    try:
        import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
        import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError as error:
        raise InputError(
            "A .parquet table needs pyarrow; run `pip install pyarrow`, or save the table as .csv."
        ) from error
    try:
        rows: Sequence[dict[str, Any]] = pyarrow.parquet.read_table(regular(path)).to_pylist()
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        if isinstance(error, PermissionError):
            raise InputError(unopened(error, called(path))) from error
        raise InputError(f"{called(path, 'table')} is no Parquet file that can be read.") from error
    for row in rows:
        yield {name: value for name, value in row.items() if value is not None}


def _text(path: Path) -> str:
    try:
        with opened_to_read(path) as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(unopened(error, called(path))) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"The file is larger than {MAX_BYTES // 2**20} MB; divide it.")
    if (kind := format_of(data[:HEAD])) is not None and kind.name not in ("text", "empty file"):
        name = kind.name if kind.name.startswith("a") else with_article(kind.name)
        raise InputError(f"{called(path)} is {name}; name a file of text.")
    try:
        text = data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"{called(path)} is not UTF-8; save it as that.") from error
    if "\0" in text:
        raise InputError(f"{called(path)} is damaged, or no text; save it again.")
    return text
