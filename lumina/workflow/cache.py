"""Where results of nodes are kept, in memory or on disk, each visitor's apart from all others'."""

import hashlib
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Protocol

from lumina.files import write_whole
from lumina.workflow.serialization import Damaged, Outputs, deserialized, serialized

MAX_MEMORY = 256 * 2**20  # bytes of one memory store
MAX_DISK = 2 * 2**30  # bytes of one visitor's disk store
ENDING = ".lumina"


class Store(Protocol):
    """Keeps what nodes gave, by cache key."""

    def get(self, key: str) -> Outputs | None:
        """The values by output, None if they are not here (any more)."""

    def put(self, key: str, outputs: Outputs) -> None:
        """Keep the values; a store that is full forgets what was not used for longest."""

    def has(self, key: str) -> bool:
        """Whether :meth:`get` would find it."""


class MemoryStore:
    """Keeps results while the process lives, serialized as on disk, so that nobody can change them."""

    def __init__(self, most: int = MAX_MEMORY) -> None:
        self._most, self._size, self._kept, self._lock = most, 0, OrderedDict[str, bytes](), Lock()

    def get(self, key: str) -> Outputs | None:
        """See Store."""
        with self._lock:
            data = self._kept.get(key)
            if data is None:
                return None
            self._kept.move_to_end(key)
        return deserialized(data)

    def put(self, key: str, outputs: Outputs) -> None:
        """See Store."""
        data = serialized(outputs)
        with self._lock:
            self._size += len(data) - len(self._kept.pop(key, b""))
            self._kept[key] = data
            while self._size > self._most and self._kept:
                self._size -= len(self._kept.popitem(last=False)[1])

    def has(self, key: str) -> bool:
        """See Store."""
        return key in self._kept

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return self._size


WITHIN = "25bf8e1a2393f110"  # of the folder for results, so that those of earlier versions are found


class DiskStore:
    """Keeps results in ``folder``, one file each, written whole or not at all.

    What cannot be written is not kept, and ``failure`` is why, of the first time.
    """

    failure: OSError | None = None

    def __init__(self, folder: Path, most: int = MAX_DISK) -> None:
        self._folder = folder / WITHIN
        self._most, self._size, self._lock = most, -1, Lock()

    def get(self, key: str) -> Outputs | None:
        """See Store; a damaged file counts as none."""
        path = self._path(key)
        try:
            found = deserialized(path.read_bytes())
            os.utime(path)
        except Damaged:
            path.unlink(missing_ok=True)
            return None
        except OSError:
            return None
        return found

    def put(self, key: str, outputs: Outputs) -> None:
        """See Store."""
        data = serialized(outputs)
        with self._lock:
            try:
                write_whole(self._path(key), data, lasting=False)
            except OSError as error:
                self.failure = self.failure or error
            else:
                self._count(len(data))

    def _count(self, size: int) -> None:
        """Count a file that was written. (Another program may delete some meanwhile.)"""
        with suppress(OSError):
            self._size = self._measured() if self._size < 0 else self._size + size
            if self._size > self._most:
                self._forget()

    def has(self, key: str) -> bool:
        """See Store."""
        return self._path(key).is_file()

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}{ENDING}"

    def _measured(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob(f"*{ENDING}"))

    def _forget(self) -> None:
        """Down to four fifths of the room, so that not every result has to look for more."""
        files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self._folder.glob("*"))
        self._size = sum(size for _, size, _ in files)
        for _, size, path in files:
            if self._size <= self._most * 4 // 5:
                return
            path.unlink(missing_ok=True)
            self._size -= size
