"""What has to be right around Gradio before it is imported: the proxies that are set, and its folder."""

import os
import tempfile
from pathlib import Path

import httpx

from lumina.errors import InputError


def prepare() -> None:
    """Check and choose what Gradio takes from the environment while it is imported, and never again.

    Raises InputError if no connection can be made by the proxies that are set; nothing is sent.
    """
    _check_proxies()
    _choose_folder()


def _check_proxies() -> None:
    try:
        httpx.Client().close()
    except (ValueError, TypeError, ImportError, httpx.InvalidURL) as error:
        raise InputError(
            f"The proxy that is set (http_proxy, https_proxy or all_proxy) cannot be used: {error}; "
            "correct or unset it."
        ) from error


def _choose_folder() -> None:
    """Gradio's usual folder for files may be another user's: then one of this process's own."""
    usual = Path(tempfile.gettempdir()) / "gradio"
    if "GRADIO_TEMP_DIR" in os.environ or not os.path.lexists(usual):
        return
    if not (usual.is_dir() and os.access(usual, os.R_OK | os.W_OK | os.X_OK)):
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="lumina-")
