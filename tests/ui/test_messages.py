"""The messages between the page and Python, and the page's types of them."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field, JsonValue, ValidationError

from lumina.model.config import MODELS
from lumina.tasks import TASKS
from lumina.ui.messages import MESSAGES
from lumina.ui.messages.canvas import Catalogue, Template
from lumina.ui.messages.easel import Restored
from lumina.ui.templates import templates
from lumina.ui.typescript import GENERATED, interfaces
from lumina.workflow.catalogue import catalogue


class Inner(BaseModel):
    place: float | None = None


class Outer(BaseModel):
    """Holds others."""

    state: Literal["on", "off"]
    kind: Literal["outer"] = "outer"
    inner: list[Inner] = Field(default=[], description="those inside")
    extra: dict[str, JsonValue] = {}
    few: list[int | str] = Field(default=[], min_length=2, max_length=2)


def test_the_types_of_the_page_are_current() -> None:
    """``make web`` writes them anew after a change of the messages."""
    assert GENERATED.read_text(encoding="utf-8") == interfaces(MESSAGES)


def test_a_model_becomes_an_interface() -> None:
    text = interfaces([Outer])
    for line in (
        "/** Holds others. */\nexport interface Outer {",
        '  state: "on" | "off";',
        '  kind: "outer";',
        "  inner?: Inner[]; // those inside",
        "  extra?: Record<string, JsonValue>;",
        "  few?: [number | string, number | string];",
        "export interface Inner {",
    ):
        assert line in text


def test_what_the_page_is_told_of_the_tasks_is_all_known_to_it() -> None:
    told = catalogue(MODELS["tabletop"])
    assert Catalogue.model_validate(told).data() == told
    assert set(told["nodes"]) == set(TASKS)
    found = templates(MODELS["tabletop"])
    assert [Template.model_validate(each).data() for each in found] == found


def test_a_message_with_a_word_too_many_is_a_fault_here_and_not_in_the_page() -> None:
    with pytest.raises(ValidationError):
        Catalogue.model_validate(catalogue() | {"more": 1})
    with pytest.raises(ValidationError):
        Restored.model_validate({"state": "restored", "message": "", "ticket": ""})
