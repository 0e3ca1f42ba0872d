"""What has to be right around Gradio before it is imported: connections, its numbers, path and folder."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from lumina.connections import check_connections
from lumina.errors import InputError
from lumina.files import check_current_folder, refusal
from lumina.server import gradio_stubs
from lumina.settings import bared

LAST_PORT = 65535
LIMIT = "GRADIO_DEFAULT_CONCURRENCY_LIMIT"
NUMBERS = {  # what Gradio reads as a whole number, from where to where it makes sense
    "GRADIO_SERVER_PORT": (1, LAST_PORT),
    "GRADIO_NUM_PORTS": (1, LAST_PORT),
    "GRADIO_NODE_NUM_PORTS": (1, LAST_PORT),
    "GRADIO_DEBUG": (0, 1),
    "GRADIO_ANALYTICS_MAX_EVENTS": (1, 10**9),
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": (1, 10**9),
}


def prepare() -> None:
    """Check and choose what Gradio takes from the environment while it is imported, and never again.

    Raises InputError if no connection could be made as the environment says (nothing is sent), if the
    current folder is gone, or if a number is none.
    """
    check_current_folder()
    os.environ |= bared({name: text for name, text in os.environ.items() if name.startswith("GRADIO_")})
    check_connections()
    _check_numbers()
    _root_path()
    os.environ.setdefault("PATH", os.defpath)  # a service may have none, which Gradio's libraries abort at
    _choose_folder()
    gradio_stubs.spare()


def _check_numbers() -> None:
    for name, (low, high) in NUMBERS.items():
        text = os.environ.get(name, "1")
        if not (text.isdecimal() and low <= int(text) <= high):
            raise InputError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    limit = os.environ.get(LIMIT, "none")
    if not (limit.lower() == "none" or (limit.isdecimal() and int(limit))):
        raise InputError(f"{LIMIT} must be a whole number from 1 on, or none, not {limit!r}.")


def _root_path() -> None:
    """Gradio takes a path only if it begins with a slash, and people write it in every way."""
    path = os.environ.get("GRADIO_ROOT_PATH", "")
    if path and "://" not in path:
        os.environ["GRADIO_ROOT_PATH"] = f"/{path.strip('/')}" if path.strip("/") else ""


def _choose_folder() -> None:
    """The folder for files is the studio's own, which looks after it; where it cannot be, this process's."""
    if "GRADIO_TEMP_DIR" in os.environ:
        return _check_folder(Path(named)) if (named := os.environ["GRADIO_TEMP_DIR"]) else None
    usual = Path(tempfile.gettempdir()) / "lumina-studio"
    with suppress(OSError):
        usual.mkdir(mode=0o700, exist_ok=True)
    if usual.is_dir() and not usual.is_symlink() and os.access(usual, os.R_OK | os.W_OK | os.X_OK):
        os.environ["GRADIO_TEMP_DIR"] = str(usual)
    else:
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="lumina-")


def _check_folder(folder: Path) -> None:
    """Raise InputError if nothing can be written to a folder that somebody chose."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise refusal(error, folder) from error
