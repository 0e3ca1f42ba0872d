"""The page's scripts: built from ``web/`` into ``bundles/``, and called by what Gradio puts into the page."""

import hashlib
from functools import cache
from pathlib import Path

BUNDLES = Path(__file__).parent / "bundles"
WEB = Path(__file__).parents[2] / "web"


@cache
def bundled(name: str) -> bytes:
    """A built file."""
    return (BUNDLES / name).read_bytes()


def page_script() -> str:
    """What the page's head runs, before any part of the page is put in."""
    return bundled("page.js").decode()


def mount(part: str, *events: str) -> str:
    """The script of a ``gr.HTML`` that hands it to a part of the page's script.

    Gradio lets Python listen to those ``events`` alone whose names the script has in quotes.
    """
    names = " ".join(f"'{event}'" for event in events)
    return f"window.lumina.{part}({{ element, props, trigger, watch }}); // triggers {names}"


def sources_digest() -> str:
    """What ``bundles/sources.sha256`` must hold for the bundles to be current."""
    sources = [path for path in (WEB / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted([*sources, WEB / "package-lock.json"], key=str):
        name = path.relative_to(WEB).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
