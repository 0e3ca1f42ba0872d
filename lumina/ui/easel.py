"""The easel: the part of the page on which pictures appear, row by row, and are picked, saved and changed.

It is one ``gr.HTML`` whose markup never changes; the script in ``static/`` owns what is inside. Python
sends it the whole view each time (``view``), it answers with events that carry what they need.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from lumina.tasks.base import Picture
from lumina.ui.element import HTML
from lumina.ui.sheets import Sheet, sheet_of

View = dict[str, Any]

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("shelf", "png", "paint", "face", "uses", "drops", "turns", "gate", "easel")


@cache
def static_text(name: str) -> str:
    """A text file that ships with the page."""
    return (STATIC / name).read_text(encoding="utf-8")


def make_easel(
    storage_key: str, invite: str, uses: Sequence[Mapping[str, str]] = (), turns: str = ""
) -> gr.HTML:
    """An easel: shows the prop ``view``; triggers ``halt``, ``resume``, ``reroll``, ``restore``, ``use``, and
    ``seen``, with a ticket that comes back in the prop ``answered``.

    ``storage_key`` is where the browser keeps its pictures; ``invite`` is said while there are none.
    ``uses`` are the tabs, with ``task`` and ``title``, that take a picture from here, and of a pair the
    ``part``, upper or lower; ``turns`` is the field for a picture into which each result goes, to be
    changed by the next instruction.
    """
    return HTML(
        html_template=static_text("easel.html"),
        js_on_load="\n".join(static_text(f"{name}.js") for name in SCRIPTS),
        apply_default_css=False,
        storage_key=storage_key,
        invite=invite,
        uses=list(uses),
        turns=turns,
        view={},
        answered="",
    )


class Run:
    """One run as the easel sees it: what state it is in, and its pictures so far.

    ``model`` names what draws (with its revision), ``count`` says how many pictures there will be, and
    ``onto`` is the key of the picture that is drawn on, for a run that continues one.
    """

    def __init__(self, key: str, onto: str = "") -> None:
        self.key = key
        self.model = ""
        self.onto = onto
        self.count = 1
        self._sheets: list[Sheet] = []
        self._begun: tuple[float, int] | None = None

    def waiting(self, message: str) -> View:
        """Nothing to show yet, and why."""
        return self._view("waiting", message=message)

    def drawing(self, done: int, total: int, pictures: Sequence[Picture]) -> View:
        """``done`` of ``total`` rows are drawn."""
        now = time.monotonic()
        first, before = self._begun = self._begun or (now, done)
        rate = (done - before) / (now - first) if now > first else 0.0
        left = round((total - done) / rate, 1) if rate > 0 else None
        return self._view("drawing", pictures, done=done, total=total, left=left)

    def done(self, pictures: Sequence[Picture]) -> View:
        """Everything is drawn."""
        return self._view("done", pictures)

    def failed(self, sentence: str) -> View:
        """Ended early, with the one sentence to show; what was drawn so far stays."""
        return self._view("failed", message=sentence)

    def _view(self, state: str, pictures: Sequence[Picture] = (), **more: Any) -> View:
        for index, picture in enumerate(pictures):
            self._put(index, picture)
        head = {"run": self.key, "onto": self.onto, "state": state, "count": self.count}
        return head | {"sheets": list(self._sheets)} | more

    def _put(self, index: int, picture: Picture) -> None:
        """Make the sheet of a picture, unless it has not changed since."""
        if index == len(self._sheets):
            self._sheets.append({})
        shown = self._sheets[index]
        if (shown.get("digest"), shown.get("score")) != (picture.drawing.digest, picture.score):
            key = self.onto or f"{self.key}-{index}"
            self._sheets[index] = sheet_of(picture, self.model, key)
