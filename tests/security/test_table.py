"""The table of docs/security.md names every id and tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (T\d\d) \|(.*)\|$", TABLE, re.MULTILINE)


def test_every_id_has_its_row() -> None:
    assert [name for name, _ in ROWS] == [f"T{number:02}" for number in range(1, 40)]


def test_every_row_names_tests_that_are_there_or_says_why_not() -> None:
    for name, row in ROWS:
        tests = re.findall(r"`([\w/]+\.py)::(\w+)`", row)
        assert tests or "does not apply" in row, name
        for file, test in tests:
            assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), (name, test)
