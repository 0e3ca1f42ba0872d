"""Forms made from tasks: every field gets a control, and what a control says comes back as it was."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Literal

import gradio as gr
import pytest
from pydantic import BaseModel, Field

from lumina.errors import InputError
from lumina.model.config import MODELS
from lumina.settings import Settings
from lumina.steps import Progress, Steps
from lumina.tasks.base import Task
from lumina.tasks.predict import Predict
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.forms import Form

SIZES = ((128, 128), (160, 96))
DEFAULTS = {
    "guidance_scale": 3.0,
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "window": 16,
    "dtype": "float32",
}


def form_of(task: type[Task]) -> Form:
    async def build() -> Form:
        with gr.Blocks(analytics_enabled=False):
            form = Form(task, SIZES, DEFAULTS, ("canny", "hed"))
            form.place()
            form.place(advanced=True)
        return form

    # outside of a loop Gradio opens several and never closes them
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(build())).result()


def said(form: Form, task: Task) -> list[Any]:
    """The components' values once the form shows ``task``."""
    return [update["value"] for update in form.show(task)]


@pytest.fixture(scope="module")
def form() -> Form:
    return form_of(TextToImage)


def test_every_field_has_a_control(form: Form) -> None:
    covered = [field for control in form.controls for field in control.fields]
    assert sorted(covered) == sorted(TextToImage.model_fields)


def test_a_form_has_the_precision_of_its_model() -> None:
    omni = MODELS["omni"]
    assert Predict.defaults(omni, Settings())["dtype"] == "bfloat16"
    asked = Settings.from_environment({"LUMINA_DTYPE": "float32"})
    assert Predict.defaults(omni, asked)["dtype"] == "float32"


def test_a_result_is_as_large_as_what_is_given_unless_a_size_is_chosen() -> None:
    form = form_of(Predict)
    size: Any = form.component("width")
    assert [text for text, _ in size.choices] == ["as the picture", "128 × 128", "160 × 96"]
    read_size = next(control.read for control in form.controls if "width" in control.fields)
    assert read_size(size.value) == {} and read_size("160 × 96") == {"width": 160, "height": 96}
    (drawn,) = (control for control in form_of(TextToImage).controls if "width" in control.fields)
    assert drawn.read(drawn.components[0].value) == {"width": 128, "height": 128}


def test_an_untouched_form_asks_for_the_models_own_options(form: Form) -> None:
    raw = [component.value for component in form.components]
    with pytest.raises(InputError, match="Prompt: must not be empty; say what to draw"):
        form.read(raw)
    raw[form.components.index(form.component("prompt"))] = "two cones"
    assert form.read(raw) == TextToImage(prompt="two cones", width=128, height=128, rerolls=(), **DEFAULTS)


@pytest.mark.parametrize(
    "task",
    [
        TextToImage(prompt="a cone", seed=2**63 - 1, width=160, height=96),
        TextToImage(prompt="a cone", seed=0, width=96, height=96, variations=4, stop_row=3),
        TextToImage(
            prompt="ein grüner Würfel ✓", seed=7, rerolls=((2, 9), (5, 2**62)), top_p=0.5, dtype="float64"
        ),
        TextToImage(prompt="a cone", width=128, height=128),
    ],
)
def test_what_it_shows_it_reads_again(form: Form, task: TextToImage) -> None:
    expected = DEFAULTS | {"width": 128, "height": 128} | task.model_dump(exclude_none=True)
    assert form.read(said(form, task)).model_dump(exclude_none=True) == expected


def test_a_seed_that_is_not_kept_is_chosen_anew(form: Form) -> None:
    raw = said(form, TextToImage(prompt="a cone", seed=7))
    raw[form.components.index(form.component("seed")) + 1] = False
    assert form.read(raw).seed == "random"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("seed", "seven", 'Seed: must be a whole number from 0 to 9223372036854775807 or "random".'),
        ("guidance_scale", float("nan"), "Guidance: must be a finite number"),
        ("temperature", -1, "Temperature: must be at least "),
        ("variations", 2.5, "Variations: must be a whole number, not 2.5."),
        ("rerolls", "7", 'Re-rolls: write pairs of row and seed like "7:123, 9:45", or leave it empty.'),
        ("prompt", "x" * 2001, "Prompt: must have at most 2,000 characters, this has 2,001."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(form: Form, field: str, value: Any, sentence: str) -> None:
    raw = said(form, TextToImage(prompt="a cone", seed=7))
    raw[form.components.index(form.component(field))] = value
    with pytest.raises(InputError) as caught:
        form.read(raw)
    assert sentence in str(caught.value)


def test_the_kinds_of_the_model_are_offered() -> None:
    form = form_of(Predict)
    kind: Any = form.component("kind")
    assert [name for name, _ in kind.choices] == ["canny", "hed"] and kind.value == "canny"
    assert kind.info == "Which map to draw. This model knows no depth and no normals."
    (shown,) = next(control.show({"kind": "depth"}) for control in form.controls if "kind" in control.fields)
    assert shown["value"] == "depth" and shown["choices"] == ["canny", "hed", "depth"]


class Sharpen(Task):
    """A task as somebody may add it."""

    name: ClassVar[str] = "sharpen"
    title: ClassVar[str] = "Sharpen"
    Output: ClassVar[type[BaseModel]] = BaseModel

    amount: float = Field(0.5, title="Amount", ge=0, le=1)
    kind: Literal["soft", "hard"] = Field("soft", title="Kind")
    passes: int = Field(1, title="Passes", ge=1, le=3)
    keep_edges: bool = Field(True, title="Keep edges")

    def run(self, pipeline: Any) -> Steps[Progress, Any]:
        raise NotImplementedError


def test_a_new_task_gets_its_form_for_free() -> None:
    form = form_of(Sharpen)
    kinds = [type(component) for component in form.components]
    assert kinds == [gr.Number, gr.Dropdown, gr.Radio, gr.Checkbox]
    task = Sharpen(amount=0.2, kind="hard", passes=3, keep_edges=False)
    assert form.read(said(form, task)) == task
