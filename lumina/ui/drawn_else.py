"""The line below a picture that shows something other than was asked for, as the world's judge sees it."""

import json
from typing import Any

import gradio as gr
import numpy as np
from pydantic import ValidationError

from lumina.errors import LuminaError
from lumina.model.config import ModelSpec, world_of_model
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.panels import PanelTask
from lumina.ui.events import QUICK, payload_of, ticket_of
from lumina.ui.messages import Look
from lumina.ui.page_pictures import picture_of
from lumina.worlds import world_of

UNCLEAR = "Not all of this picture is drawn clearly."
ADVICE = "Generate draws another; Best of, under Advanced, chooses among several."


def draws_words_alone(task: type[Task] | None) -> bool:
    """Whether a task draws one picture from words and from nothing else: such a picture can be judged."""
    if task is None or not issubclass(task, DrawingTask) or issubclass(task, PanelTask):
        return False
    return task.mode_of is None


def tell_drawn_else(easel: gr.HTML, spec: ModelSpec) -> None:
    """Look at each whole picture of an easel once it is looked at there, and tell it what is to be said."""

    def seen(event: gr.EventData) -> Any:
        payload = payload_of(event)
        return gr.HTML(answered=ticket_of(payload), told=drawn_else(payload, spec))

    easel.seen(seen, None, easel, trigger_mode="multiple", **QUICK)


def drawn_else(payload: Any, spec: ModelSpec) -> str:
    """What a page shows in place of what was asked for, in a sentence; empty where nobody can tell."""
    try:
        look = Look.model_validate(payload)
        inputs = json.loads(look.inputs)
        world = world_of(world_of_model(look.model, spec))
        if world is None or not draws_words_alone(TASKS.get(look.task)) or not isinstance(inputs, dict):
            return ""
        prompt = world.language.normalize(str(inputs.get("prompt", "")))
        if not world.can_judge(prompt):
            return ""
        other = world.shown_instead(np.asarray(picture_of(look.png, "Picture").convert("RGB")), prompt)
    except (ValidationError, ValueError, RecursionError, LuminaError):
        return ""
    if other is None:
        return ""
    return f"{f'This drew something else: {other}.' if other else UNCLEAR} {ADVICE}"
