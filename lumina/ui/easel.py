"""The easel: the part of the page on which pictures appear, row by row, and are picked, saved and changed.

It is one ``gr.HTML`` whose markup never changes; the script (``web/src/easel``) owns what is inside. Python
gives it a ``view``, of which only what is new travels; it answers with events that carry what they need.
"""

import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from lumina.runtime.events import DrawEvent
from lumina.tasks.base import DrawingTask
from lumina.ui.futures import Futures
from lumina.ui.messages.base import Data
from lumina.ui.messages.easel import EaselView, Use
from lumina.ui.run_sheets import RunSheets
from lumina.ui.scripts import mount

State = Literal["waiting", "drawing", "done", "failed"]

STATIC = Path(__file__).parent / "static"


@cache
def static_text(name: str) -> str:
    """A text file that ships with the page."""
    return (STATIC / name).read_text(encoding="utf-8")


def make_easel(
    storage_key: str,
    invite: str,
    uses: Sequence[Use] = (),
    turns: str = "",
    opening: str = "",
    cuts: Sequence[Sequence[int]] = (),
    words: Sequence[Data] = (),
) -> gr.HTML:
    """An easel: shows the prop ``view``; triggers ``halt``, ``halted``, ``resume``, ``reroll``, ``reword``,
    ``follow``, ``restore``, ``use``, and ``seen``, with a ticket that comes back in the prop ``answered``,
    and in ``told`` with a sentence to say of that picture, if there is one, and in ``words`` with its prompt
    in parts.

    ``storage_key`` is where the browser keeps its pictures; ``invite`` is said while there are none.
    ``uses`` are the tabs that take a picture from here; ``turns`` is the field for a picture
    into which each result goes, to be changed by the next instruction. ``opening`` is the address of the
    sheet that whoever comes first is shown, and ``words`` its prompt in parts. ``prepare`` and, for pictures
    of the sizes ``cuts``, ``cut_out`` ask for a file to be saved, which comes in ``saved``.
    """
    return gr.HTML(
        html_template=static_text("easel.html"),
        js_on_load=mount(
            "easel",
            "halt",
            "halted",
            "resume",
            "reroll",
            "reword",
            "follow",
            "restore",
            "use",
            "seen",
            "prepare",
            "cut_out",
        ),
        apply_default_css=False,
        storage_key=storage_key,
        invite=invite,
        uses=[use.data() for use in uses],
        turns=turns,
        opening=opening,
        view={},
        answered="",
        told="",
        words=[*words],
        cuts=[[*size] for size in cuts],
        saved={},
    )


class EaselRun:
    """One run as the easel sees it: what state it is in, and its pictures so far.

    ``onto`` is the key of the picture that is drawn on, for a run that continues one.
    """

    def __init__(self, key: str, onto: str = "") -> None:
        self.key = key
        self.onto = onto
        self._draft: RunSheets | None = None
        self._pace: tuple[float, int] | None = None

    def begin(self, model: str, task: DrawingTask | Futures) -> Data:
        """From here on a resolved task is drawn by ``model`` (with its revision)."""
        self._draft = RunSheets(task, model, lambda place: self.onto or f"{self.key}-{place}")
        return self.waiting("")

    def waiting(self, message: str) -> Data:
        """Nothing to show yet, and why."""
        return self._view("waiting", message=message)

    def drawing(self, event: DrawEvent) -> Data:
        """Something has happened to a picture."""
        assert self._draft is not None
        self._draft.take(event)
        now = time.monotonic()
        first, before = self._pace = self._pace or (now, event.done)
        rate = (event.done - before) / (now - first) if now > first else 0.0
        left = round((event.total - event.done) / rate, 1) if rate > 0 else None
        return self._view("drawing", done=event.done, total=event.total, left=left)

    def done(self, remark: str = "") -> Data:
        """Everything is drawn, and what is to be said beside it."""
        seconds = round(self._draft.seconds, 3) if self._draft else 0.0
        return self._view("done", seconds=seconds, message=remark)

    def failed(self, sentence: str) -> Data:
        """Ended early, with the one sentence to show; what was drawn so far stays."""
        return self._view("failed", message=sentence)

    def _view(self, state: State, **more: Any) -> Data:
        draft = self._draft
        sheets, count = ([*draft.sheets], draft.count) if draft else ([], 1)
        return EaselView(run=self.key, onto=self.onto, state=state, count=count, sheets=sheets, **more).data()
