"""Rows of values for the inputs of a workflow, from a table in a file."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumina.errors import InputError, InvalidWorkflow
from lumina.files import regular, shown, unopened
from lumina.workflow.parsing import parse

MAX_ROWS = 100_000
MAX_BYTES = 256 * 2**20
KINDS = ".jsonl, .csv, .tsv or .parquet"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how a file begins: of today, and .xls
_QUOTED = re.compile(r'"[^"]*"')
_DECLARED = re.compile(r"\"?sep=([,;\t])\"?\r?\n", re.IGNORECASE)
_SIGNS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


@dataclass(frozen=True)
class InputRow:
    """Values by the name of an input; ``number`` counts from 1, without the table's head."""

    number: int
    values: dict[str, Any]


def read_table(path: Path) -> list[InputRow]:
    """The rows of a table: .jsonl has an object on each line; .csv, .tsv and .parquet have named columns.

    Cells of a .csv are parted by commas, or by semicolons or tabs where its first line has no comma.

    An empty cell leaves an input as it is. Raises InputError for a file that is no such table.
    """
    kind = path.suffix.lower()
    if _is_workbook(path):
        raise InputError(f"The table {shown(path.name)!r} is a workbook; save it as CSV, and name that.")
    if kind == ".parquet":
        found = list(_parquet(path))
    elif kind in (".jsonl", ".ndjson"):
        found = list(_lines(path))
    elif kind in (".csv", ".tsv"):
        found = list(_cells(path, "\t" if kind == ".tsv" else None))
    else:
        raise InputError(f"The table {shown(path.name)!r} must end in {KINDS}.")
    if not found:
        raise InputError(f"The table {shown(path.name)!r} has no rows; each row is one run.")
    if len(found) > MAX_ROWS:
        raise InputError(f"The table has {len(found):,} rows; at most {MAX_ROWS:,} are run at once.")
    return [InputRow(number, values) for number, values in enumerate(found, start=1)]


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
        raise InputError(f"The file {shown(path.name)!r} is empty; write a text on each line.")
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            values = parse(line)
        except InvalidWorkflow as error:
            problem = error.problems[0]
            raise InputError(
                f"Line {number} of the table: {problem['message']}; {problem['fix']}."
            ) from error
        if not isinstance(values, dict):
            raise InputError(f'Line {number} of the table must be an object, as {{"prompt": "a cat"}}.')
        yield values


def _separator(text: str) -> str:
    """What parts the cells: a comma, or what the first line has in place of one, as a German Excel."""
    head = _QUOTED.sub("", text.partition("\n")[0])
    return next((sign for sign in ",;\t" if sign in head), ",")


def _cells(path: Path, separator: str | None) -> Iterator[dict[str, Any]]:
    text = _text(path)
    if declared := _DECLARED.match(text):  # "sep=;", which Excel reads and writes
        text, separator = text[declared.end() :], declared[1]
    separator = separator or _separator(text)
    try:
        table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        names = [name.strip() for name in next(table, [])]
        if len(set(names)) < len(names) or "" in names:
            raise InputError("Each column of the table needs a name of its own in the first line.")
        for cells in table:
            if len(cells) > len(names):
                raise InputError(
                    f"Line {table.line_num} of the table has {len(cells)} cells for {len(names)} columns; "
                    f'write a cell that holds {_SIGNS[separator]} in "quotes".'
                )
            if any(cells):
                yield {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}
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
            raise InputError(unopened(error, f"The file {shown(path.name)!r}")) from error
        raise InputError(f"The table {shown(path.name)!r} is no Parquet file that can be read.") from error
    for row in rows:
        yield {name: value for name, value in row.items() if value is not None}


def _text(path: Path) -> str:
    try:
        with regular(path).open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError(unopened(error, f"The file {shown(path.name)!r}")) from error
    if len(data) > MAX_BYTES:
        raise InputError(f"The file is larger than {MAX_BYTES // 2**20} MB; divide it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"The file {shown(path.name)!r} is not UTF-8; save it as that.") from error
