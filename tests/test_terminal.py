"""Streams of a program that no terminal, pipe or full disk may turn into an error."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from lumina.terminal import Notes

ROOT = Path(__file__).parents[1]


class Closed(io.RawIOBase):
    """What nobody reads any more."""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        raise BrokenPipeError


def test_a_stream_that_nobody_reads_is_written_to_all_the_same() -> None:
    notes = Notes(Closed(), "utf-8", write_through=True)
    assert notes.write("The studio is at …") == 18
    notes.flush()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_signs_that_a_terminal_lacks_are_shown_as_question_marks(encoding: str) -> None:
    code = "from lumina.terminal import ready; ready(); print('🔨 MCP')"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code],
        cwd=ROOT, env={"PYTHONIOENCODING": encoding}, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == b"? MCP\n" and not done.stderr


def test_what_libraries_tell_programmers_reaches_nobody_who_has_not_asked() -> None:
    code = "from lumina.terminal import ready; ready(); import warnings; warnings.warn('Corrupt EXIF data')"
    for options, is_told in (([], False), (["-Wdefault"], True)):
        done = subprocess.run(
            [sys.executable, *options, "-c", code], cwd=ROOT, capture_output=True, check=True
        )
        assert (b"Corrupt" in done.stderr) is is_told


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_one_that_nobody_reads(closed: str) -> None:
    code = (
        "import sys; import lumina.terminal as t; t.ready(); print(sys.stdout.isatty(), sys.stderr.isatty())"
    )
    command = f'exec "$0" -c "{code}" {closed}'
    done = subprocess.run(["sh", "-c", command, sys.executable], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout in ("", "False False\n")
