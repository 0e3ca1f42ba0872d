"""Documents of earlier versions are read as documents of this one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.workflow.migrations import MIGRATIONS, VERSION, migrated
from lumina.workflow.schema import dump, load

DATA = Path(__file__).parent / "data"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(["gen", "IMAGE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("version", MIGRATIONS)
def test_a_stored_document_of_every_version_is_brought_forward(version: int) -> None:
    old = json.loads((DATA / f"version-{version}.json").read_text())
    new = json.loads((DATA / f"version-{version}.migrated.json").read_text())
    before = json.dumps(old)
    assert migrated(old) == new
    assert json.dumps(old) == before, "a migration leaves its input as it is"
    assert json.loads(dump(load(before))) == new


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert set(MIGRATIONS) == set(range(VERSION))


@given(st.dictionaries(st.sampled_from(["name", "inputs", "nodes", "outputs", "x-a", "ui"]), json_values))
def test_a_migration_takes_whatever_stands_in_a_file(values: dict[str, Any]) -> None:
    new = migrated({"format": "lumina-workflow"} | values)
    assert new["lumina"] == VERSION and migrated(new) == new


@pytest.mark.parametrize("document", [None, [], "text", {"lumina": 1}, {"lumina": True}, {"lumina": [0]}, {}])
def test_other_documents_stay_as_they_are(document: Any) -> None:
    assert migrated(document) is document
