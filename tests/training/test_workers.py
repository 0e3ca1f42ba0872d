"""Work in several processes ends with the one that leads it, and leaves nothing behind."""

import multiprocessing
import time
from functools import partial
from pathlib import Path

import pytest

from lumina.files import whole
from lumina.training.workers import each


def write(number: int, folder: Path) -> None:
    with whole(folder / f"{number}.txt") as part:
        part.write_text("half")
        if number:
            (folder / f"{number}.begun").touch()
            time.sleep(60)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_is_done(tmp_path: Path, workers: int) -> None:
    steps = list(each(partial(write, folder=tmp_path), [0, 0], workers, "files"))
    assert [(step.done, step.total, step.unit) for step in steps] == [(1, 2, "files"), (2, 2, "files")]
    assert [path.name for path in tmp_path.iterdir()] == ["0.txt"]


def test_an_interruption_ends_all_at_once_and_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    steps = each(partial(write, folder=tmp_path), [0, *range(1, 9)], 2, "files")
    next(steps)
    while not list(tmp_path.glob("*.begun")):
        time.sleep(0.01)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        steps.throw(KeyboardInterrupt)
    assert time.monotonic() - begun < 10 and not multiprocessing.active_children()
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]
    assert len(list(tmp_path.glob("*.begun"))) <= 2
