"""What the environment says to Gradio, as far as the studio heeds it."""

import os
from collections.abc import Mapping
from pathlib import Path

from lumina.errors import InputError
from lumina.files import folder_named
from lumina.settings import bared, is_yes, path_in

LAST_PORT = 65535
LIMIT = "GRADIO_DEFAULT_CONCURRENCY_LIMIT"
NUMBERS = {  # what Gradio reads as a whole number, from where to where it makes sense
    "GRADIO_SERVER_PORT": (1, LAST_PORT),
    "GRADIO_NUM_PORTS": (1, LAST_PORT),
    "GRADIO_NODE_NUM_PORTS": (1, LAST_PORT),
    "GRADIO_ANALYTICS_MAX_EVENTS": (1, 10**9),
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": (1, 10**9),
}
# Of those who write a page of Gradio: with these a page that is served waits for changes of its source, or
# never comes to load its model.
FOR_DEVELOPERS = (
    "GRADIO_DEBUG", "GRADIO_HOT_RELOAD", "GRADIO_LOCAL_DEV_MODE", "GRADIO_NUM_WORKERS", "GRADIO_VIBE_MODE",
    "GRADIO_WATCH_DIRS",
)  # fmt: skip


def read() -> dict[str, str]:
    """Gradio's variables as they are meant; raises InputError naming the one that does not make sense."""
    given = bared({name: text for name, text in os.environ.items() if name.startswith("GRADIO_")})
    for name, (low, high) in NUMBERS.items():
        text = given.get(name, "1")
        if not (text.isdecimal() and low <= int(text) <= high):
            raise InputError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    limit = given.get(LIMIT, "none")
    if not (limit.lower() == "none" or (limit.isdecimal() and int(limit))):
        raise InputError(f"{LIMIT} must be a whole number from 1 on, or none, not {limit!r}.")
    shares(given), offers_tools(given)
    if (path := given.get("GRADIO_ROOT_PATH")) and "://" not in path:
        # Gradio takes a path only if it begins with a slash, and people write it in every way.
        given["GRADIO_ROOT_PATH"] = f"/{path.strip('/')}" if path.strip("/") else ""
    if given.get("GRADIO_TEMP_DIR"):
        given["GRADIO_TEMP_DIR"] = str(path_in("GRADIO_TEMP_DIR", given, Path(), folder_named))
    return given


def shares(given: Mapping[str, str] | None = None) -> bool:
    """Whether a public link is wanted, as with ``--share``."""
    return _switch("GRADIO_SHARE", given, default=False)


def offers_tools(given: Mapping[str, str] | None = None) -> bool:
    """Whether the tasks are served as tools for models, where the package for that is here."""
    return _switch("GRADIO_MCP_SERVER", given, default=True)


def port() -> int | None:
    """The port that is asked for, if it is this one alone."""
    text = os.environ.get("GRADIO_SERVER_PORT")
    return int(text) if text and "GRADIO_NUM_PORTS" not in os.environ else None


def _switch(name: str, given: Mapping[str, str] | None, default: bool) -> bool:
    text = (os.environ if given is None else given).get(name) or str(default)
    if (found := is_yes(text)) is None:
        raise InputError(f"{name} must be true or false, not {text!r}.")
    return found
