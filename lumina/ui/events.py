"""What all tabs' events share: their place in the queue, what the page sends, pauses and faults."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, TypeVar

import gradio as gr
from pydantic import ValidationError

from lumina.errors import InputError
from lumina.ui.messages.base import Told

Message = TypeVar("Message", bound=Told)


class Manner(TypedDict, total=False):
    """How Gradio handles an event."""

    queue: bool
    concurrency_id: str
    concurrency_limit: int
    show_progress: Literal["full", "minimal", "hidden"]
    api_visibility: Literal["public", "private", "undocumented"]


# Everything that draws stands in one queue, whose length the page decides.
DRAWS: Manner = {
    "concurrency_id": "model",
    "show_progress": "hidden",
    "api_visibility": "private",
}
# What makes the file of rows that are there already: nothing is drawn, so that it waits for no drawing.
SETTLES: Manner = {**DRAWS, "concurrency_id": "settling", "concurrency_limit": 2}
QUICK: Manner = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
LOOK_AGAIN = 0.25  # seconds between looks at what is waited for; Stop works in between


def tell_end(run: Any, name: str, of: str = "") -> None:
    """Let the page dispatch the event ``name`` when a run is over, also when Gradio has refused it.

    Its detail says ``of`` what, and ``how``: "then" or "failure". A run that is stopped ends in both ways.
    """
    for how in ("then", "failure"):
        event = f"new CustomEvent('{name}', {{ detail: {{ of: '{of}', how: '{how}' }} }})"
        getattr(run, how)(None, js=f"() => {{ window.dispatchEvent({event}); return []; }}", **QUICK)


def ticket_of(payload: Mapping[str, Any]) -> str:
    """By which the page knows what an answer is to: answers need not come in the order of the questions."""
    return str(payload.get("ticket", ""))[:40]


def payload_of(event: gr.EventData) -> Mapping[str, Any]:
    """What the page sends with an event, which may be anything; empty if it is no object."""
    return event._data if isinstance(event._data, Mapping) else {}


def message_of(
    payload: Any, kind: type[Message], sentence: str = "The page sent what cannot be read; reload it."
) -> Message:
    """What the page sends, as a message of this kind; raises InputError with ``sentence`` if it is none."""
    try:
        return kind.model_validate(payload)
    except ValidationError as error:
        raise InputError(sentence) from error
