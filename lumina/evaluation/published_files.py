"""Reads the prompt files of the published benchmarks, as their authors distribute them.

GenEval: Ghosh et al. 2023 (arXiv 2310.11513). DPG-Bench: Hu et al. 2024 (arXiv 2403.05135).
Graph200K: Li et al. 2025 (arXiv 2504.07960).
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from lumina.errors import InputError
from lumina.files import regular
from lumina.json_types import JsonObject

TARGET_WORDS = "description_0"  # of the two descriptions in a row, the one of its target picture


@dataclass(frozen=True)
class Row:
    """A row of Graph200K: the picture to give, the true result, and the words."""

    number: int
    given: Path
    target: Path | None
    subject: str
    prompt: str

    def described(self) -> JsonObject:
        """For a scorer: files and words."""
        return {
            "number": self.number, "given": str(self.given), "prompt": self.prompt,
            "target": str(self.target) if self.target else None, "subject": self.subject,
        }  # fmt: skip


class GraphRow(BaseModel):
    """A row of `data.json`: pictures by kind, and words."""

    condition: JsonObject
    description: JsonObject | None = None


@dataclass(frozen=True)
class GraphData:
    """The rows of a `data.json`, and the folder of the file."""

    rows: list[GraphRow]
    folder: Path


def geneval_lines(file: Path) -> list[tuple[str, str]]:
    """(line, prompt) of each row of `evaluation_metadata.jsonl`; raises InputError naming the wrong row."""
    found = []
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        row = _json(line, f"{file}, line {number}")
        if not isinstance(row, dict) or not isinstance(row.get("prompt"), str):
            raise InputError(f'{file}, line {number} has no "prompt"; give GenEval\'s metadata file.')
        found.append((line, row["prompt"]))
    return found


def dpg_prompts(source: Path) -> dict[str, str]:
    """Prompts by their id: a folder of `ID.txt`, one such file, or `dpg_bench.csv`."""
    if source.is_dir():
        files = sorted(source.glob("*.txt"))
        return {file.stem: _text(file).strip() for file in files}
    if source.suffix.lower() == ".txt":
        return {source.stem: _text(source).strip()}
    rows = csv.DictReader(_text(source).splitlines())
    if not {"item_id", "text"} <= set(rows.fieldnames or ()):
        raise InputError(
            f"{source} lacks the columns item_id and text; give dpg_bench.csv or a folder of prompts."
        )
    prompts: dict[str, str] = {}
    for row in rows:  # one row for each question; all rows of an id have its prompt
        prompts.setdefault(row["item_id"], row["text"].strip())
    return prompts


def graph200k_data(file: Path, limit: int | None = None) -> GraphData:
    """The first rows of `data.json`, or all; raises InputError if it is something else."""
    try:
        rows = TypeAdapter(list[GraphRow]).validate_python(_json(_text(file), str(file)))
    except ValidationError as error:
        raise InputError(f"{file} is no list of rows with conditions; give Graph200K's data.json.") from error
    return GraphData(rows[:limit], file.parent)


def control_rows(data: GraphData, kind: str) -> Iterator[Row]:
    """The rows that have a map of this kind."""
    return _rows(data, kind)


def subject_rows(data: GraphData) -> Iterator[Row]:
    """The rows that have a picture of their subject alone."""
    return _rows(data, "reference")


def _rows(data: GraphData, name: str) -> Iterator[Row]:
    for number, row in enumerate(data.rows):
        conditions, words = row.condition, row.description or {}
        prompt = words.get(TARGET_WORDS) or words.get("item") or ""
        given, target = conditions.get(name), conditions.get("target")
        if isinstance(given, str) and prompt:
            files = _found(given, data.folder), _found(str(target), data.folder) if target else None
            yield Row(number, *files, str(words.get("item") or prompt), str(prompt))


def _found(written: str, folder: Path) -> Path:
    """The file as written, or where the folder was moved: KIND/NAME beside the data file."""
    path = Path(written)
    return path if path.exists() else folder / path.parent.name / path.name


def _text(file: Path) -> str:
    try:
        return regular(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read as text; give the benchmark's own file.") from error


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{where} is not JSON; give the benchmark's own file.") from error
