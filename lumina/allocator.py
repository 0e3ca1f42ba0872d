"""What glibc's allocator does with memory that is free again: for a training, or for a server."""

import ctypes
import sys

LARGE_PIECE = 2**23  # bytes; no tensor of a drawing is as large
ARENAS = 2  # of threads together: each keeps what it has had, and a server has many threads
_MMAP_THRESHOLD, _TRIM_THRESHOLD, _ARENA_MAX = -3, -1, -8  # names of its options, malloc.h


def keep_memory() -> None:
    """Keep it: asking the system for it in every step of a training costs a seventh of the time."""
    _set(_MMAP_THRESHOLD, 2**25)
    _set(_TRIM_THRESHOLD, 2**31 - 1)


def give_memory_back() -> None:
    """Ask the system for large pieces one by one: by itself glibc keeps those that it has had once, and a
    server that has opened four photographs at once stays as large for good."""
    _set(_MMAP_THRESHOLD, LARGE_PIECE)
    _set(_ARENA_MAX, ARENAS)


def _set(option: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(option, value)
