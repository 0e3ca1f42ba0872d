"""Files on this machine: written whole or not at all, in folders that a person may name with a tilde."""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lumina.errors import InputError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def whole(path: Path, lasting: bool = True) -> Iterator[Path]:
    """A new file beside ``path``, to be written in the block, that takes its place in one step at the end.

    If it is to be ``lasting``, it is on the disk before that: a power cut leaves the old file or the new one.
    It may be read by whom the process's umask lets read. Makes the folder if it is not there; after any error
    nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        yield part
        if lasting:
            with part.open("rb+") as file:
                os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes, lasting: bool = True) -> Path:
    """Write ``data`` to ``path``, whole or not at all; see :func:`whole`."""
    with whole(path, lasting) as part:
        part.write_bytes(data)
    return path


def refusal(error: OSError, folder: Path) -> InputError:
    """What a person reads where ``folder`` cannot be written to."""
    if error.errno in FULL:
        return InputError(
            f"The disk of the folder {folder} is full; free some space, or choose another folder."
        )
    if error.errno == errno.ENAMETOOLONG:
        return InputError(f"The name of the folder {folder} is too long; choose another.")
    return InputError(f"The folder {folder} cannot be written to; choose another.")


def expanded(path: Path | str) -> Path:
    """``path`` with its ``~`` resolved; without a home, below the folder for temporary files."""
    given, found = Path(path), Path(os.path.expanduser(path))
    if given.parts[:1] != ("~",) or found.is_absolute():
        return found
    name = f"lumina-{os.getuid()}" if hasattr(os, "getuid") else "lumina"
    return temporary_folder() / name / given.relative_to("~")


def temporary_folder() -> Path:
    """The folder for temporary files, or the current one where there is none that can be written to."""
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path.cwd()
