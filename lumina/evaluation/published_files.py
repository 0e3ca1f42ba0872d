"""Reads the prompt files of the published benchmarks, as their authors distribute them.

GenEval: Ghosh et al. 2023 (arXiv 2310.11513). DPG-Bench: Hu et al. 2024 (arXiv 2403.05135).
Graph200K: Li et al. 2025 (arXiv 2504.07960).
"""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumina.errors import InputError
from lumina.files import regular

TARGET_WORDS = "description_0"  # of the two descriptions in a row, the one of its target picture


@dataclass(frozen=True)
class Row:
    """A row of Graph200K: the picture to give, the true result, and the words."""

    number: int
    given: Path
    target: Path | None
    subject: str
    prompt: str

    def described(self) -> dict[str, Any]:
        """For a scorer: files and words."""
        return {
            "number": self.number, "given": str(self.given), "prompt": self.prompt,
            "target": str(self.target) if self.target else None, "subject": self.subject,
        }  # fmt: skip


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


def graph200k_rows(file: Path) -> list[tuple[int, dict[str, Any], Path]]:
    """(number, row, folder of the file) of each row of `data.json`."""
    rows = _json(_text(file), str(file))
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise InputError(f"{file} is no list of rows with conditions; give Graph200K's data.json.")
    return [(number, row, file.parent) for number, row in enumerate(rows)]


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("condition"), dict)
        and isinstance(row.get("description") or {}, dict)
    )


def control_rows(rows: Sequence[tuple[int, dict[str, Any], Path]], kind: str) -> Iterator[Row]:
    """The rows that have a map of this kind."""
    return _rows(rows, kind)


def subject_rows(rows: Sequence[tuple[int, dict[str, Any], Path]]) -> Iterator[Row]:
    """The rows that have a picture of their subject alone."""
    return _rows(rows, "reference")


def _rows(rows: Sequence[tuple[int, dict[str, Any], Path]], name: str) -> Iterator[Row]:
    for number, row, folder in rows:
        conditions, words = row["condition"], row.get("description") or {}
        prompt = words.get(TARGET_WORDS) or words.get("item") or ""
        if isinstance(conditions.get(name), str) and prompt:
            given = _found(conditions[name], folder)
            target = _found(conditions["target"], folder) if conditions.get("target") else None
            yield Row(number, given, target, str(words.get("item") or prompt), str(prompt))


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
