"""Examines whether everything that drawing needs is installed and whole."""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lumina.errors import InputError, LuminaError
from lumina.files import expanded, refusal
from lumina.model.config import spec_of
from lumina.settings import Settings

LITTLE = 100_000_000  # bytes: less room than this is worth a warning


def examine() -> dict[str, dict[str, Any]]:
    """``{"ok": …, "found": what}`` for each thing that is needed; never raises for what is missing."""
    tests = {
        "python": _python,
        "torch": _torch,
        "gradio": _gradio,
        "settings": _settings,
        "model": _model,
        "home": _home,
        "temporary files": _temporary,
        "pictures": lambda: _writable(Settings.from_environment().outputs),
        "results": lambda: _writable(Settings.from_environment().results),
        "gallery": _gallery,
        "terminal": _terminal,
        "network": _network,
    }
    return {name: _examined(test) for name, test in tests.items()}


def _examined(test: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "found": test()}
    except PackageNotFoundError as error:
        return {"ok": False, "found": f"{error.name} is not installed; run `make app`."}
    except (LuminaError, ImportError, OSError) as error:
        return {"ok": False, "found": str(error)}


def _python() -> str:
    return sys.version.split()[0]


def _torch() -> str:
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return f"{torch.__version__}, {torch.get_num_threads()} CPU threads, {device}"


def _gradio() -> str:
    return version("gradio")


def _settings() -> str:
    settings = Settings.from_environment()
    return (
        f"model {settings.model}, {settings.dtype}, window {settings.window}, pictures in {settings.outputs}"
    )


def _home() -> str:
    home = os.path.expanduser("~")
    if home == "~":
        return f"none; results and models are kept in {expanded('~')}"
    return home


def _temporary() -> str:
    usual, asked = tempfile.gettempdir(), os.environ.get("TMPDIR")
    if asked and not os.path.isdir(asked):
        raise InputError(f"TMPDIR names {asked}, which is not there; make that folder, or name another.")
    folder = os.environ.get("GRADIO_TEMP_DIR") or str(Path(usual) / "gradio")
    return _writable(Path(folder))


def _writable(folder: Path) -> str:
    """Says how much room there is; raises InputError if nothing can be written to the folder."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    present = (missing[-1] if missing else folder / "x").parent
    try:
        with tempfile.TemporaryFile(dir=present) as file:
            file.write(bytes(4096))
    except OSError as error:
        raise refusal(error, folder) from error
    free = shutil.disk_usage(present).free
    if free < LITTLE:
        raise InputError(f"{folder} has {free // 10**6} MB left; free some space, or choose another folder.")
    return f"{folder}, {free / 10**9:.1f} GB free"


def _gallery() -> str:
    file = Settings.from_environment().results / "gallery.sqlite"
    if not file.exists():
        return "none yet"
    if not file.is_file():
        raise InputError(f"{file} is not a file; move it away.")
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=1)) as database:
            (count,) = database.execute("SELECT count(*) FROM kept").fetchone()
    except sqlite3.Error as error:
        raise InputError(
            f"{file} cannot be read ({error}); the studio puts a damaged one aside and begins a new one."
        ) from error
    return f"{count} pictures in {file}"


def _terminal() -> str:
    encoding = sys.stdout.encoding if sys.stdout else "none"
    return f"{encoding}" + ("" if "utf" in encoding.lower() else "; signs that it lacks are shown as ?")


def _network() -> str:
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    found = [name for name in names if os.environ.get(name)]
    return f"{', '.join(found)} set; the studio's own addresses go around it" if found else "no proxy"


def _model() -> str:
    from lumina.model.checkpoint import locate, verify
    from lumina.model.checkpoint.files import weight_files

    settings = Settings.from_environment()
    spec = spec_of(settings.model)
    place = locate(spec, settings.models)
    for folder in {place.folder, place.movqgan}:
        verify(folder)
    weight_files(place.folder, "model")
    weight_files(place.movqgan, "movqgan")
    return f"{spec.title}, every file there and as its manifest says, if it has one"
