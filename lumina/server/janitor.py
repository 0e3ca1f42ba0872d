"""The folder of uploads and results within a quota: what is old or too much goes, what is in use stays."""

import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from gradio.processing_utils import hash_bytes

from lumina.errors import LuminaError
from lumina.faults import NO_ROOM, no_disk, note, sentence_of
from lumina.files import refusal, short_of_room, write_whole
from lumina.server.surroundings import variable_of

log = logging.getLogger(__name__)

MOST_BYTES = 2_000_000_000
MOST_HOURS = 24.0
FRESH = 900.0  # seconds in which a file is in use by whoever has just brought or made it
EVERY = 60.0  # seconds between two rounds
AT_MOST_EVERY = 2.0  # seconds, where room is asked for
LONGEST = 100_000  # characters of a text in which files are named; longer ones are pictures
RESERVE = 100_000_000  # bytes of the disk that stay free

_OWN = re.compile(r"[0-9a-f]{64}")  # a folder of Gradio's, named by the hash of what lies in it
_PART = re.compile(r"tmp[a-z0-9_]{8}|\.[0-9a-f]{16}\.part")  # an upload, or a file of ours, on its way
_NAMED = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")

InUse = Callable[[], Collection[str]]
"""The names of the folders, hashes, that somebody still waits to use."""

Forget = Callable[[Collection[Path]], None]
"""Hears which files are deleted."""


@dataclass(frozen=True)
class _File:
    path: Path
    size: int
    changed: float  # seconds since 1970


class Janitor:
    """Looks after ``folder``, of which nothing is touched that Gradio or this studio has not put there.

    At most ``most`` bytes are kept, for ``hours`` at most, the newest; what is younger than ``FRESH`` seconds
    or ``in_use`` stays, whatever it takes, and so no more is taken in until there is room.
    """

    def __init__(
        self,
        folder: Path,
        most: int = MOST_BYTES,
        hours: float = MOST_HOURS,
        in_use: InUse = frozenset,
        forget: Forget = lambda gone: None,
        reserve: int = RESERVE,
    ) -> None:
        self.folder = folder
        self._most, self._hours, self._reserve = most, hours, reserve
        self._in_use, self._forget = in_use, forget
        self._lock, self._stopped = Lock(), Event()
        self._kept, self._looked, self._is_told = 0, float("-inf"), False

    def start(self) -> None:
        """Make a round every minute, until :meth:`stop`; a disk that is full is told of at once."""
        self._is_disk_full()
        Thread(target=self._watch, name="janitor", daemon=True).start()

    def stop(self) -> None:
        """End the rounds."""
        self._stopped.set()

    def sweep(self) -> tuple[Path, ...]:
        """Make a round; the files that are deleted."""
        with self._lock:
            now = time.time()
            files = sorted(self._files(), key=lambda file: -file.changed)
            used, gone, kept = self._in_use(), list[Path](), 0
            for file in files:
                if self._stays(file, kept, now, used) or not _delete(file.path):
                    kept += file.size
                else:
                    gone.append(file.path)
            self._tidy(now)
            self._kept, self._looked = kept, time.monotonic()
        self._forget(gone)
        return tuple(gone)

    def lack(self) -> str:
        """Why no more may be taken in; empty where there is room.

        Makes a round first where there was none for a moment.
        """
        if time.monotonic() > self._looked + AT_MOST_EVERY:
            self.sweep()
        if self._is_disk_full():
            return no_disk(variable_of(self.folder))
        return "" if self._kept < self._most else NO_ROOM

    def kept(self) -> int:
        """Bytes that lie there, as of the last round."""
        if self._looked == float("-inf"):
            self.sweep()
        return self._kept

    def keep(self, data: bytes, name: str) -> Path:
        """Write a file that was made here, whole or not at all; raises LuminaError where there is no room.

        It lies in a folder named by its hash, as Gradio's do.
        """
        path = self.folder / hash_bytes(data) / name
        if lack := self.lack():
            raise LuminaError(lack)
        try:
            return write_whole(path, data, lasting=False)
        except OSError as error:
            log.warning("%s", refusal(error, self.folder))
            raise LuminaError(sentence_of(error)) from error

    def _stays(self, file: _File, kept: int, now: float, used: Collection[str]) -> bool:
        age = now - file.changed
        if age < FRESH or file.path.parent.name in used:
            return True
        is_part = _PART.fullmatch(file.path.name) is not None
        return not is_part and age < 3600 * self._hours and kept + file.size <= self._most

    def _files(self) -> Iterator[_File]:
        """All that is ours; what goes meanwhile is left out."""
        for entry in _entries(self.folder):
            if _OWN.fullmatch(entry.name):
                for inner in _entries(Path(entry.path)):
                    yield from _file(inner)
            elif _PART.fullmatch(entry.name):
                yield from _file(entry)

    def _tidy(self, now: float) -> None:
        """Remove folders that have been empty for a while."""
        for entry in _entries(self.folder):
            with suppress(OSError):
                if _OWN.fullmatch(entry.name) and now - entry.stat().st_mtime > FRESH:
                    Path(entry.path).rmdir()

    def _is_disk_full(self) -> bool:
        """Whether too little is left of the disk, of which the log hears once."""
        free = self._free()
        is_full = free <= self._reserve
        if is_full and not self._is_told:
            log.warning("%s", short_of_room(self.folder, free, variable_of(self.folder)))
        self._is_told = is_full
        return is_full

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:
            return self._reserve + 1  # a folder that is not there yet

    def _watch(self) -> None:
        while not self._stopped.wait(EVERY):
            try:
                self.sweep()
            except Exception as error:
                note(log, "A round of the janitor failed:", error)


def named_in(value: Any) -> Iterator[str]:
    """The folders of Gradio's that are named in what a page or a program has sent."""
    if isinstance(value, str):
        yield from _NAMED.findall(value) if len(value) <= LONGEST else ()
    elif isinstance(value, Mapping | list | tuple):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from named_in(inner)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _file(entry: os.DirEntry[str]) -> Iterator[_File]:
    with suppress(OSError):
        if entry.is_file(follow_symlinks=False):
            about = entry.stat(follow_symlinks=False)
            yield _File(Path(entry.path), about.st_size, about.st_mtime)


def _delete(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
