"""What has to be right around Gradio before it is imported: connections, its numbers, path and folder."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from lumina import gradio_settings
from lumina.connections import check_connections
from lumina.files import check_current_folder, is_own_folder, refusal
from lumina.server import gradio_stubs


def prepare() -> None:
    """Check and choose what Gradio takes from the environment while it is imported, and never again.

    Raises InputError if no connection could be made as the environment says (nothing is sent), if the
    current folder is gone, or if a setting does not make sense.
    """
    check_current_folder()
    os.environ |= gradio_settings.read()
    for name in gradio_settings.FOR_DEVELOPERS:
        os.environ.pop(name, None)
    check_connections()
    os.environ.setdefault("PATH", os.defpath)  # a service may have none, which Gradio's libraries abort at
    _choose_folder()
    gradio_stubs.spare()


def _choose_folder() -> None:
    """The folder for files is the studio's own, which looks after it; where it cannot be, this process's."""
    if "GRADIO_TEMP_DIR" in os.environ:
        return _check_folder(Path(named)) if (named := os.environ["GRADIO_TEMP_DIR"]) else None
    usual = Path(tempfile.gettempdir()) / "lumina-studio"
    with suppress(OSError):
        usual.mkdir(mode=0o700, exist_ok=True)
    if is_own_folder(usual):
        os.environ["GRADIO_TEMP_DIR"] = str(usual)
    else:
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="lumina-")


def variable_of(folder: Path) -> str:
    """The variable that moves a folder for files: whether it is one that :func:`prepare` has chosen."""
    is_chosen = folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith("lumina-")
    return "TMPDIR" if is_chosen else "GRADIO_TEMP_DIR"


def _check_folder(folder: Path) -> None:
    """Raise InputError if nothing can be written to a folder that somebody chose."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise refusal(error, folder) from error
