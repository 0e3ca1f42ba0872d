"""Faults of our own: what the log hears of them, never what a visitor sent, and what the visitor hears."""

import errno
import logging
import traceback

OUR_FAULT = "Something went wrong on our side; what is drawn is kept. Try again."
NO_MEMORY = "The studio's memory is used up; ask for a smaller picture, or for fewer at once, and try again."
NO_ROOM = "The studio has no room for files now; try again in a few minutes."
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # of an error: that a disk, or what of it is one's own, is


def note(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log where a fault happened, and its kind; its message may hold prompts and pictures."""
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    log.error("%s %s in:\n%s", what, type(error).__name__, places)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory has run out, of this machine or, told by the name of the kind, of a GPU."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"


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
