"""Faults of our own: what the log hears of them, never what a visitor sent, and what the visitor hears."""

import errno
import logging
import re
import traceback
from collections.abc import Iterator

OUR_FAULT = "Something went wrong on our side; what is drawn is kept. Try again."
NO_MEMORY = "The studio's memory is used up; ask for a smaller picture, or for fewer at once, and try again."
SMALL_MEMORY = (
    "The memory is too small: drawing with Tabletop needs about 1 GB, the page about 1.5 GB, and larger "
    "models more; raise the limit (ulimit -v), or close other programs."
)
NO_ROOM = "The studio has no room for files now; try again in a few minutes."
_TOO_LITTLE = re.compile(
    r"failed to map segment|cannot allocate memory(?! in static)|can't allocate memory|bad_alloc",
    re.IGNORECASE,
)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # of an error: that a disk, or what of it is one's own, is


def note(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log where a fault happened, and its kind; its message may hold prompts and pictures.

    Too little memory is hardly the fault of a place: the log says what to change, and the last place.
    """
    if is_out_of_memory(error) and not _is_of_gpu(error):
        last = traceback.extract_tb(error.__traceback__)[-1:]
        where = "".join(f" It ran out in {each.name}, line {each.lineno}." for each in last)
        log.error("%s %s%s", what, memory_sentence(error), where)
        return
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    log.error("%s %s in:\n%s", what, type(error).__name__, places)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory has run out, of this machine or of a GPU: itself says so, or what it comes from."""
    return _is_of_gpu(error) or any(
        isinstance(each, MemoryError) or _says_so(each) for each in _causes(error)
    )


def _is_of_gpu(error: BaseException) -> bool:
    """Told by the name of the kind, without torch."""
    return any(type(each).__name__ == "OutOfMemoryError" for each in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _says_so(error: BaseException) -> bool:
    """Whether an error of the system, of torch or of a library that cannot be loaded tells of memory."""
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return (
        isinstance(error, ImportError | OSError | RuntimeError) and _TOO_LITTLE.search(str(error)) is not None
    )


def memory_sentence(error: BaseException) -> str:
    """What whoever runs the program reads where memory has run out."""
    return NO_MEMORY if _is_of_gpu(error) else SMALL_MEMORY


def no_disk(variable: str = "TMPDIR") -> str:
    """What a visitor reads of a full disk, which waiting does not help."""
    return (
        "The disk of the studio is full; whoever runs it has to free space or choose another folder "
        f"({variable})."
    )


def sentence_of(error: BaseException) -> str:
    """What a visitor reads of it."""
    if isinstance(error, OSError) and error.errno in FULL:
        return no_disk()
    return NO_MEMORY if is_out_of_memory(error) else OUR_FAULT
