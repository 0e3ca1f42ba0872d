"""What a world says of a picture: whether it shows something else, and which words may be exchanged."""

import hashlib
import json
from collections import OrderedDict
from threading import Lock
from typing import Any

import gradio as gr
import numpy as np
from pydantic import ValidationError

from lumina.errors import LuminaError
from lumina.model.config import ModelSpec, world_of_model
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.fields import MAX_TEXT
from lumina.tasks.panels import PanelTask
from lumina.ui.events import QUICK, payload_of, ticket_of
from lumina.ui.messages.base import Data
from lumina.ui.messages.easel import Look, PromptPart
from lumina.ui.page_pictures import picture_of
from lumina.worlds import language_of, world_of
from lumina.worlds.language import Language

UNCLEAR = "Not all of this picture is drawn clearly."
ADVICE = "Take another one if there are several, or press Generate again; the best of 4 is right more often."

MOST_LOOKS = 16  # that are remembered


class RecentLooks:
    """What was said of the latest pictures, by the digest of each and its prompt; no picture is kept.

    The one that whoever comes first is shown is looked at once.
    """

    def __init__(self) -> None:
        self._kept, self._lock = OrderedDict[tuple[str, str, str], str | None](), Lock()

    def other(self, name: str, png: str, typed: str) -> str | None:
        """What a picture in base64 shows in place of a prompt; None where nobody can tell, or it is right."""
        world = world_of(name)
        prompt = "" if world is None else world.language.normalize(typed)
        if world is None or not world.can_judge(prompt):
            return None
        key = name, hashlib.sha256(png.encode()).hexdigest(), prompt
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        said = world.shown_instead(np.asarray(picture_of(png, "Picture").convert("RGB")), prompt)
        with self._lock:
            self._kept[key] = said
            while len(self._kept) > MOST_LOOKS:
                self._kept.popitem(last=False)
        return said


def draws_words_alone(task: type[Task] | None) -> bool:
    """Whether a task draws one picture from words and from nothing else: such a picture can be judged."""
    if task is None or not issubclass(task, DrawingTask) or issubclass(task, PanelTask):
        return False
    return task.mode_of is None


def tell_drawn_else(easel: gr.HTML, spec: ModelSpec) -> None:
    """Look at each whole picture of an easel once it is looked at there, and tell it what is to be said, and
    which words of its prompt may be exchanged."""

    looks = RecentLooks()

    def seen(event: gr.EventData) -> Any:
        payload = payload_of(event)
        told, words = drawn_else(payload, spec, looks), words_of(payload, spec)
        return gr.HTML(answered=ticket_of(payload), told=told, words=words)

    easel.seen(seen, None, easel, trigger_mode="multiple", **QUICK)


def drawn_else(payload: Any, spec: ModelSpec, looks: RecentLooks | None = None) -> str:
    """What a page shows in place of what was asked for, in a sentence; empty where nobody can tell."""
    try:
        look = Look.model_validate(payload)
        world = world_of_model(look.model, spec)
        if not draws_words_alone(TASKS.get(look.task)):
            return ""
        other = (looks or RecentLooks()).other(world, look.png, _prompt_in(look))
    except (ValidationError, ValueError, RecursionError, LuminaError):
        return ""
    if other is None:
        return ""
    return f"{f'This drew something else: {other}.' if other else UNCLEAR} {ADVICE}"


def words_of(payload: Any, spec: ModelSpec) -> list[Data]:
    """The prompt of the picture that is looked at in parts, where a world knows words for some of them."""
    try:
        look = Look.model_validate(payload)
        language, prompt = language_of(world_of_model(look.model, spec)), _prompt_in(look)
    except (ValidationError, ValueError, RecursionError):
        return []
    return in_parts(prompt, language) if language else []


def in_parts(prompt: str, language: Language) -> list[Data]:
    """A prompt as the page shows it under a picture."""
    return [PromptPart(text=part.text, others=[*part.others]).data() for part in language.parts(prompt)]


def _prompt_in(look: Look) -> str:
    """What was typed for a picture; raises ValueError where its recipe is damaged."""
    inputs = json.loads(look.inputs)
    if not isinstance(inputs, dict):
        raise ValueError("The inputs are no object.")
    return str(inputs.get("prompt", ""))[:MAX_TEXT]
