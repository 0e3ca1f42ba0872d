"""Examines whether everything that drawing needs is installed and whole."""

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lumina.errors import LuminaError
from lumina.model.config import spec_of
from lumina.settings import Settings


def examine() -> dict[str, dict[str, Any]]:
    """``{"ok": …, "found": what}`` for each thing that is needed; never raises for what is missing."""
    tests = {"python": _python, "torch": _torch, "gradio": _gradio, "settings": _settings, "model": _model}
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
