"""Files on this machine: written whole or not at all, in folders that a person may name with a tilde."""

import errno
import os
import re
import secrets
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.request import url2pathname

from lumina.errors import InputError
from lumina.faults import FULL

SHOWN = 100  # characters of a name
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{1,20})://", re.IGNORECASE)
_OF_FILES = re.compile(
    r"\.(png|jpe?g|webp|gif|bmp|tiff?|svg|pdf|mp4|jsonl?|csv|txt|zip|ckpt|safetensors)", re.IGNORECASE
)  # endings that no folder has
_OF_WINDOWS = re.compile(r"[A-Za-z]:(?![^\\/])|.*\\")
_NUMBER = re.compile(r"\[(?:errno|winerror) -?\d+\]\s*", re.IGNORECASE)
_OPENED = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")
_STDIN = ("-", "/dev/stdin", "/dev/fd/0")


def shipped_files() -> Path:
    """The folder of ``assets`` and ``workflows``; an installed package has one of its own."""
    inside = Path(__file__).parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parents[1]


@contextmanager
def whole(path: Path, lasting: bool = True) -> Iterator[Path]:
    """A new file beside ``path``, to be written in the block, that takes its place in one step at the end.

    If it is to be ``lasting``, it is on the disk before that: a power cut leaves the old file or the new one.
    It may be read by whom the process's umask lets read. Makes the folder if it is not there; after any error
    nothing is left behind.
    """
    _make(path.parent)
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


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except RecursionError as error:  # a thousand folders in each other
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(folder)) from error


def check_writable(folder: Path) -> None:
    """Raise InputError if nothing could be written to ``folder``, which need not be there and is not made."""
    try:
        present = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
        tempfile.TemporaryFile(dir=present).close()
    except OSError as error:
        raise refusal(error, folder) from error


def write_whole(path: Path, data: bytes, lasting: bool = True) -> Path:
    """Write ``data`` to ``path``, whole or not at all; see :func:`whole`."""
    with whole(path, lasting) as part:
        part.write_bytes(data)
    return path


def shown(name: str) -> str:
    """A name, cut to what a person reads."""
    return name if len(name) <= SHOWN else f"{name[:SHOWN]}…"


def is_piped(path: Path) -> bool:
    """Whether a file is what another command gives: ``-``, or one that a shell has opened."""
    return os.fspath(path) == "-" or os.fspath(path).startswith(_OPENED)


def called(path: Path, kind: str = "file") -> str:
    """What a person reads of a file: its name, but not the number that a shell has for a pipe."""
    return f"The {kind} that comes through the pipe" if is_piped(path) else f"The {kind} {shown(path.name)!r}"


def folder_of(path: Path) -> Path:
    """Where what a file names is looked for: beside it, of a pipe in the current folder."""
    return Path() if is_piped(path) else path.parent


def regular(path: Path) -> Path:
    """``path`` of a file that has an end; raises InputError for a folder, a pipe, a device, else OSError.

    A pipe that a shell has opened, as in ``<(command)``, ends with the command.
    """
    _check_stdin(path)
    mode = path.stat().st_mode
    if stat.S_ISFIFO(mode) and os.fspath(path).startswith(_OPENED):
        return path
    if stat.S_ISDIR(mode):
        raise InputError(f"{shown(path.name or str(path))!r} is a folder; name a file in it.")
    if not stat.S_ISREG(mode):
        kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        raise InputError(f"{path.name!r} is {kind}; save what comes from it to a file, and name that.")
    return path


def _check_stdin(path: Path) -> None:
    """Raise InputError for what comes on stdin where that is closed: its number may be another file's."""
    if os.fspath(path) in _STDIN and sys.stdin is None:
        raise InputError("Standard input is closed; name a file.")


def opened_to_read(path: Path) -> AbstractContextManager[BinaryIO]:
    """A file that has an end, opened, or with ``-`` what comes on stdin; raises as :func:`regular` does."""
    _check_stdin(path)
    return nullcontext(sys.stdin.buffer) if os.fspath(path) == "-" else regular(path).open("rb")


def unopened(error: Exception, what: str) -> str:
    """What a person reads where ``what``, such as "The file 'a.json'", cannot be opened."""
    if isinstance(error, PermissionError):
        return f"{what} may not be read by this user; change its permissions (chmod u+r)."
    return f"{what} cannot be opened; check its name."


def refusal(error: OSError, folder: Path) -> InputError:
    """What a person reads where ``folder`` cannot be written to."""
    if error.errno in FULL:
        return InputError(
            f"The disk of the folder {folder} is full; free some space, or choose another folder."
        )
    if error.errno == errno.ENAMETOOLONG:
        return InputError(f"The name of the folder {folder} is too long; choose another.")
    return InputError(f"The folder {folder} cannot be written to; choose another.")


def short_of_room(folder: Path, free: int, variable: str) -> str:
    """What a person reads of a folder with so many bytes left, which a setting names."""
    return f"{folder} has {free // 10**6} MB left; free some space, or choose another folder ({variable})."


def plain_reason(error: Exception) -> str:
    """What an error says in its first line, without numbers of the system; else its kind."""
    told = _NUMBER.sub("", str(error)).strip().splitlines()
    return told[0].strip() if told else type(error).__name__


def sentence_of(error: OSError) -> str:
    """What a person reads of an error of the system that nobody expected there."""
    if error.errno in FULL:
        return "The disk is full; free some space. What was finished before is kept."
    place = error.filename or error.filename2
    reason = error.strerror or plain_reason(error)
    if not isinstance(place, str | bytes):
        return f"{reason}."
    if isinstance(error, FileExistsError | NotADirectoryError):
        return f"{os.fsdecode(place)} has to be a folder, and a file is in its way; name another."
    return f"{os.fsdecode(place)}: {reason}."


def expanded(path: Path | str) -> Path:
    """``path`` with its ``~`` resolved; without a home, below the folder for temporary files.

    The address of a file (``file://``) is its path. Raises InputError for the home of a user whom this
    machine does not know, for other addresses, for no name at all, and where the folder that stands in for
    a home is open to others.
    """
    if not (text := os.fspath(path)).strip():
        raise InputError("The name of a file or folder is empty; name one.")
    if address := _ADDRESS.match(text):
        if address[1].lower() != "file":
            raise InputError(f"{shown(text)} is an address, and nothing is fetched; name a file or folder.")
        text = url2pathname(text[address.end() :].removeprefix("localhost"))
    found = os.path.expanduser(text)
    if not found.startswith("~"):
        return Path(found)
    user = Path(found).parts[0].removeprefix("~")
    if user:
        raise InputError(f"This machine has no user {user} for the folder {path}; name the folder in full.")
    name = f"lumina-{os.getuid()}" if hasattr(os, "getuid") else "lumina"
    home = temporary_folder() / name
    with suppress(OSError):
        home.mkdir(mode=0o700)
    if os.path.lexists(home) and not is_own_folder(home):
        raise InputError(f"The folder {home} is not this user's alone; set HOME to another folder.")
    return home / Path(found).relative_to("~")


def is_own_folder(path: Path) -> bool:
    """Whether ``path`` is a folder of this user, and no other may write there; a link is none."""
    try:
        found = path.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode) or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def folder_named(path: Path | str) -> Path:
    """``path`` as :func:`expanded` has it, where results are to go; raises InputError for the name of a file.

    A folder that is there may have any name.
    """
    found = expanded(path)
    if os.path.isdir(found):  # of a name that is too long, too, it is none
        return found
    if _OF_FILES.fullmatch(found.suffix):
        raise InputError(
            f"{shown(found.name)!r} is the name of a file; name a folder, such as {shown(found.stem)}."
        )
    if os.fspath(path).startswith("-"):
        raise InputError(f"{shown(str(path))!r} is no folder; name one.")
    if os.name != "nt" and _OF_WINDOWS.match(os.fspath(path)):
        raise InputError(f"{shown(str(path))} is a path of Windows; write it with / as this system does.")
    return found


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
