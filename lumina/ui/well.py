"""Where a picture is put into a form: chosen, dropped, or brought from another tab; it stays in the page."""

import base64
import binascii
from collections.abc import Collection, Sequence
from typing import Any

import gradio as gr
from pydantic.fields import FieldInfo

from lumina.errors import InputError, LuminaError
from lumina.formats import table
from lumina.images import read_recipe
from lumina.tasks.panels import nearest
from lumina.ui.easel import static_text
from lumina.ui.events import QUICK
from lumina.ui.messages import Format
from lumina.ui.pictures import picture_of
from lumina.ui.scripts import mount
from lumina.workflow.schema import load

ENOUGH = 3  # times as many pixels along a side as the model's pictures have
LITTLE = 1.1  # times as wide, or as high, as what is left of a picture
UNSEEN = (
    "Tabletop has seen nothing but its own small world of plain solids on a table: "
    "of any other picture it can only guess."
)

Size = tuple[int, int]


def make_well(task: str, name: str, field: FieldInfo, sizes: Sequence[Size]) -> gr.HTML:
    """An empty well; its value is the picture's file in base64, it triggers ``change`` and ``brought``.

    Of a large picture the page sends no more than the ``sizes`` of the model's pictures take.
    ``brought`` comes with the ``kind`` of map that another tab has drawn, or "picture".
    """
    return gr.HTML(
        "",
        html_template=static_text("well.html"),
        js_on_load=mount("well", "change", "brought"),
        apply_default_css=False,
        elem_classes="well-block",
        task=task,
        field=name,
        title=field.title or name,
        about=field.description or "",
        longest=ENOUGH * max(map(max, sizes)),
        formats=[Format.model_validate(each).data() for each in table()],
    )


def read_well(text: Any, name: str, field: FieldInfo) -> dict[str, Any]:
    """The field's value; raises InputError if there is no picture in the well, or none that can be used."""
    if not text:
        raise InputError(f"{field.title}: put in a picture, or click an example.")
    return {name: picture_of(text, field.title or name)}


def note_picture(well: Any, sizes: Sequence[Size], own: Collection[str] | None = None) -> None:
    """One honest line, below a well, while a picture is in it that is cut, or that tabletop has never seen.

    ``sizes`` are those that a result may have, ``own`` the pictures of tabletop's world that are offered
    here, in base64; None where anything may be put in.
    """
    line = gr.HTML("", apply_default_css=False, elem_classes="well-note")

    def note(text: Any) -> str:
        if not text:
            return ""
        is_known = own is None or text in own or is_by_tabletop(text)
        said = f"{'' if is_known else UNSEEN} {cut_of(text, sizes)}".strip()
        return f'<p role="status">{said}</p>' if said else ""

    well.change(note, well, line, trigger_mode="always_last", **QUICK)


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


def is_by_tabletop(text: str) -> bool:
    """Whether a picture in base64 says that tabletop has drawn it."""
    try:
        recipe = read_recipe(base64.b64decode(text, validate=True))
        return recipe is not None and (load(recipe).model or "").partition("@")[0] == "tabletop"
    except (LuminaError, binascii.Error, ValueError):
        return False
