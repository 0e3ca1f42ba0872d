"""Where a picture is put into a form: chosen, dropped, or brought from another tab; it stays in the page."""

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from pydantic.fields import FieldInfo

from lumina.errors import InputError, LuminaError
from lumina.formats import table
from lumina.images import read_recipe
from lumina.model.config import ModelSpec, world_of_model
from lumina.tasks.base import Task, Values
from lumina.tasks.panels import nearest, takes_map
from lumina.ui.easel import static_text
from lumina.ui.events import QUICK
from lumina.ui.messages.easel import Format
from lumina.ui.page_pictures import picture_input, picture_of
from lumina.ui.scripts import mount
from lumina.workflow.schema import load
from lumina.worlds import world_of

ENOUGH = 3  # times as many pixels along a side as the model's pictures have
LITTLE = 1.1  # times as wide, or as high, as what is left of a picture
Size = tuple[int, int]


def make_image_field(task: type[Task], name: str, field: FieldInfo, sizes: Sequence[Size]) -> gr.HTML:
    """An empty one, with a file in base64 as its value; it triggers ``change``, ``brought`` and ``put``.

    Of a large picture the page sends no more than the ``sizes`` of the model's pictures take.
    ``put`` tells that a person has chosen or dropped a file; ``brought`` comes with
    the ``kind`` of map that another tab has drawn, or "picture".
    """
    return gr.HTML(
        "",
        html_template=static_text("image_field.html"),
        js_on_load=mount("image_field", "change", "brought", "put"),
        apply_default_css=False,
        elem_classes="image-field-block",
        task=task.name,
        field=name,
        title=field.title or name,
        about=field.description or "",
        part="lower" if takes_map(task) else "upper",
        longest=ENOUGH * max(map(max, sizes)),
        formats=[Format.model_validate(each).data() for each in table()],
    )


def read_image_field(text: Any, name: str, field: FieldInfo) -> Values:
    """The field's value; raises InputError if there is no picture in it, or none that can be used."""
    if not text:
        raise InputError(f"{field.title}: put in a picture, or click an example.")
    return {name: picture_input(text, field.title or name)}


@dataclass(frozen=True)
class KnownPictures:
    """The pictures that a model of a small world knows: those offered, in base64, and what it has drawn."""

    offered: Collection[str]
    spec: ModelSpec

    def warning(self, text: str) -> str:
        """What a person should know of another picture in base64, "" of one that is known."""
        world = world_of(self.spec.world)
        is_known = world is None or text in self.offered or self._has_drawn(text)
        return "" if is_known or world is None else world.unseen

    def _has_drawn(self, text: str) -> bool:
        """Whether a picture says that a model of this world has drawn it."""
        try:
            recipe = read_recipe(base64.b64decode(text, validate=True))
            model = "" if recipe is None else load(recipe).model or ""
        except (LuminaError, binascii.Error, ValueError):
            return False
        return world_of_model(model, self.spec) == self.spec.world


def note_picture(field: Any, sizes: Sequence[Size], own: KnownPictures | None = None) -> None:
    """One honest line, below it, while a picture is in it that is cut, or that the model has not seen.

    ``sizes`` are those that a result may have; ``own`` is None where anything may be put in.
    """
    line = gr.HTML("", apply_default_css=False, elem_classes="image-field-note")

    def note(text: Any) -> str:
        if not text:
            return ""
        said = f"{own.warning(text) if own else ''} {cut_of(text, sizes)}".strip()
        return f'<p role="status">{said}</p>' if said else ""

    field.change(note, field, line, trigger_mode="always_last", **QUICK)


def cut_of(text: str, sizes: Sequence[Size]) -> str:
    """What a picture in base64 loses at the nearest of ``sizes``, in a sentence; empty if it is little."""
    try:
        picture = picture_of(text, "Picture")
    except LuminaError:
        return ""
    width, height = nearest(tuple(sizes), picture.width / picture.height)
    wider = picture.width * height / (picture.height * width)
    if max(wider, 1 / wider) <= LITTLE:
        return ""
    ends = "left and right" if wider > 1 else "top and bottom"
    return f"Its {ends} are cut off: pictures of this shape become {width} × {height} pixels here."
