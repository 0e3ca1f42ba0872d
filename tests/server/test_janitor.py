"""The folder of files keeps its quota and its age, loses nothing that is in use, and lets others alone."""

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from lumina.errors import LuminaError
from lumina.faults import NO_ROOM, no_disk
from lumina.server import janitor
from lumina.server.janitor import FRESH, Janitor, named_in

HOUR = 3600.0
DAY = 24 * HOUR


def laid(folder: Path, name: str, age: float, size: int = 10) -> Path:
    """A file of Gradio's that is ``age`` seconds old, in a folder named like a hash."""
    path = folder / name.ljust(64, "0") / "picture.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    return aged(path, age, size)


def aged(path: Path, age: float, size: int = 10) -> Path:
    path.write_bytes(b"x" * size)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def test_what_is_old_goes(tmp_path: Path) -> None:
    old, new = laid(tmp_path, "a", DAY + HOUR), laid(tmp_path, "b", DAY - HOUR)
    assert Janitor(tmp_path).sweep() == (old,)
    assert not old.exists() and new.exists()


def test_beyond_the_quota_the_oldest_go(tmp_path: Path) -> None:
    files = [laid(tmp_path, f"{age}", age * HOUR, 400) for age in range(1, 6)]
    Janitor(tmp_path, most=1000).sweep()
    assert [path.exists() for path in files] == [True, True, False, False, False]


def test_what_is_in_use_stays_whatever_it_takes(tmp_path: Path) -> None:
    fresh = [laid(tmp_path, f"f{number}", FRESH / 2, 400) for number in range(5)]
    awaited = laid(tmp_path, "a", 3 * DAY, 400)
    kept = Janitor(tmp_path, most=1000, in_use=lambda: {awaited.parent.name})
    kept.sweep()
    assert all(path.exists() for path in [*fresh, awaited])
    assert kept.lack() == NO_ROOM


def test_half_an_upload_goes_once_nobody_writes_it_any_more(tmp_path: Path) -> None:
    cut = aged(tmp_path / "tmpabcd_123", FRESH + 1)
    growing = aged(tmp_path / "tmpabcd_124", 1)
    assert Janitor(tmp_path).sweep() == (cut,)
    assert growing.exists()


def test_what_others_put_there_is_let_alone(tmp_path: Path) -> None:
    others = [aged(tmp_path / name, 9 * DAY) for name in ("notes.txt", "tmp", "0" * 64, ".hidden")]
    (tmp_path / "deep").mkdir()
    others.append(aged(tmp_path / "deep" / "a.png", 9 * DAY))
    link = tmp_path / ("c" * 64) / "link.png"
    link.parent.mkdir()
    link.symlink_to(others[0])
    assert Janitor(tmp_path, most=0).sweep() == ()
    assert all(path.exists() for path in [*others, link])


def test_folders_that_are_empty_for_a_while_go(tmp_path: Path) -> None:
    path = laid(tmp_path, "a", 2 * DAY)
    kept = Janitor(tmp_path)
    kept.sweep()
    assert path.parent.exists()  # somebody may be about to write there again
    os.utime(path.parent, (0, 0))
    kept.sweep()
    assert not path.parent.exists()


def test_a_round_goes_on_while_files_come_and_go(tmp_path: Path) -> None:
    kept, wrong = Janitor(tmp_path, most=5000), list[BaseException]()

    def busy(letter: str) -> None:
        try:
            for number in range(200):
                laid(tmp_path, f"{letter}{number:04x}", (number % 3) * DAY, 100)
        except BaseException as error:
            wrong.append(error)

    threads = [Thread(target=busy, args=[letter]) for letter in "ab"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        kept.sweep()
    assert wrong == []
    kept.sweep()
    left = [path for path in tmp_path.glob("*/*") if time.time() - path.stat().st_mtime > FRESH]
    assert sum(path.stat().st_size for path in left) <= 5000


def test_its_own_files_are_whole_and_new(tmp_path: Path) -> None:
    kept = Janitor(tmp_path)
    path = kept.keep(b"abc", "picture-1.png")
    assert path.read_bytes() == b"abc" and path.name == "picture-1.png" and len(path.parent.name) == 64
    aged(path, 2 * DAY)
    assert kept.keep(b"x" * 10, "other.png") and kept.keep(b"abc", "picture-1.png") == path
    assert kept.sweep() == () and path.exists()


@pytest.mark.parametrize("room", ["quota", "disk"])
def test_without_room_nothing_is_taken_in_and_a_sentence_says_so(room: str, tmp_path: Path) -> None:
    laid(tmp_path, "a", 1, 400)
    kept = Janitor(tmp_path, most=300) if room == "quota" else Janitor(tmp_path, reserve=10**18)
    said = NO_ROOM if room == "quota" else no_disk("GRADIO_TEMP_DIR")
    assert kept.lack() == said
    with pytest.raises(LuminaError) as refused:
        kept.keep(b"abc", "picture.png")
    assert str(refused.value) == said


def test_the_log_hears_once_that_the_disk_is_full_and_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = Janitor(tmp_path / "lumina-studio", reserve=10**18)
    kept.folder.mkdir()
    kept.start()
    kept.stop()
    assert [kept.lack() for _ in range(2)] == [no_disk("TMPDIR")] * 2
    (told,) = caplog.messages
    assert told.startswith(f"{kept.folder} has ") and "MB left; free some space" in told
    assert told.endswith("choose another folder (TMPDIR).")


def test_a_disk_that_is_full_meanwhile_is_the_same_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(janitor, "write_whole", full)
    with pytest.raises(LuminaError) as refused:
        Janitor(tmp_path).keep(b"abc", "picture.png")
    assert str(refused.value) == no_disk()


def test_files_are_found_in_whatever_is_sent() -> None:
    one, two = "1" * 64, "2" * 64

    def sent() -> Iterator[object]:
        yield {"path": f"/tmp/lumina-studio/{one}/a.png", "meta": {"_type": "gradio.FileData"}}
        yield [f'{{"photo": "http://h/gradio_api/file=/tmp/{two}/b.png"}}', 5, None, "3" * 65]

    assert set(named_in(list(sent()))) == {one, two}
    assert set(named_in("4" * 64 + "x" * 200_000)) == set()


def test_who_keeps_names_of_files_hears_which_are_gone(tmp_path: Path) -> None:
    heard = list[Path]()
    old = laid(tmp_path, "a", 2 * DAY)
    Janitor(tmp_path, forget=heard.extend).sweep()
    assert heard == [old]
