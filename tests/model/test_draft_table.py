"""The draft table guesses what it has met, by the most special neighbours and under the drawing's noise."""

from pathlib import Path

import numpy as np
import pytest

from lumina.errors import CheckpointMismatch
from lumina.model.draft_table import OUTSIDE, DraftTable, load_tables, save_tables
from lumina.model.manifest import DRAFTS, read_manifest

CODES = 9
QUIET = np.zeros(CODES)
IMAGES = [np.array([[[1, 2, 3], [4, 5, 6]]] * 3 + [[[1, 2, 3], [4, 7, 6]]])]


def table() -> DraftTable:
    return DraftTable.counted(IMAGES, CODES)


def test_the_likeliest_code_beside_the_neighbours_is_guessed() -> None:
    assert table().guess(1, OUTSIDE, 2, QUIET) == 4
    assert table().guess(OUTSIDE, OUTSIDE, OUTSIDE, QUIET) == 1
    assert table().guess(2, 4, 3, QUIET) == 5  # three times of four


def test_noise_decides_between_codes_as_it_does_in_drawing() -> None:
    noise = QUIET.copy()
    noise[7] = 5.0
    assert table().guess(2, 4, 3, noise) == 7
    noise[8] = 9.0  # was never seen there
    assert table().guess(2, 4, 3, noise) == 7


def test_of_neighbours_that_were_never_met_fewer_are_asked() -> None:
    assert table().guess(2, 4, 8, QUIET) == 5
    assert table().guess(2, 8, 8, QUIET) == 5
    assert table().guess(8, 8, 8, QUIET) == 8
    assert table().guess(OUTSIDE, 8, OUTSIDE, QUIET) in range(CODES)


def test_what_was_met_once_is_left_out() -> None:
    assert len(DraftTable.counted([np.array([[[1, 2, 3], [4, 5, 6]]])], CODES)) == 1
    assert len(table()) > 6


def test_tables_lie_in_the_folder_of_their_model(tmp_path: Path) -> None:
    assert load_tables(tmp_path, CODES) == ()
    save_tables([table(), DraftTable.counted(IMAGES * 2, CODES)], tmp_path)
    first, second = load_tables(tmp_path, CODES)
    assert len(first) == len(table()) and first.guess(2, 4, 3, QUIET) == second.guess(2, 4, 3, QUIET) == 5
    with pytest.raises(CheckpointMismatch, match="knows other codes"):
        load_tables(tmp_path, 8)
    (tmp_path / DRAFTS).write_bytes(b"PK no table")
    with pytest.raises(CheckpointMismatch, match="is damaged"):
        load_tables(tmp_path, CODES)


def test_a_table_is_no_other_revision_of_a_model() -> None:
    manifest = read_manifest(Path("assets/models/tabletop"))
    assert DRAFTS in manifest.files and manifest.revision == "ec6016d7"
