"""Files on this machine: written whole or not at all, in folders that a person may name with a tilde."""

import errno
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from lumina.errors import InputError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_whole(path: Path, data: bytes) -> Path:
    """Write ``data`` to ``path``, replacing what was there in one step; makes the folder if it is not there.

    The file may be read by whom the process's umask lets read. After an OSError nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            file.write(data)
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
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
    """``path`` with its ``~`` resolved; without a home, below the folder for temporary files.

    Raises InputError for the home of a user whom this machine does not know.
    """
    found = os.path.expanduser(path)
    if not found.startswith("~"):
        return Path(found)
    user = Path(found).parts[0].removeprefix("~")
    if user:
        raise InputError(f"This machine has no user {user} for the folder {path}; name the folder in full.")
    name = f"lumina-{os.getuid()}" if hasattr(os, "getuid") else "lumina"
    return temporary_folder() / name / Path(found).relative_to(Path(found).parts[0])


def check_current_folder() -> None:
    """Raise InputError if the folder that the program was started in is gone, where libraries abort."""
    try:
        os.getcwd()
    except OSError as error:
        raise InputError("The current folder no longer exists; change to another and start again.") from error


def temporary_folder() -> Path:
    """The folder for temporary files, or the current one where there is none that can be written to."""
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return Path.cwd()
