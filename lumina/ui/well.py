"""Where a picture is put into a form: chosen, dropped, or brought from another tab; it stays in the page."""

from typing import Any

import gradio as gr
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.ui.easel import static_text
from lumina.ui.pictures import picture_of


def make_well(task: str, name: str, field: FieldInfo) -> gr.HTML:
    """An empty well; its value is the picture's file in base64, it triggers ``change`` and ``brought``.

    ``brought`` comes with the ``kind`` of map that another tab has drawn, where it was one.
    """
    return gr.HTML(
        "",
        html_template=static_text("well.html"),
        js_on_load=static_text("png.js") + static_text("well.js"),
        apply_default_css=False,
        elem_classes="well-block",
        task=task,
        field=name,
        title=field.title or name,
        about=field.description or "",
    )


def read_well(text: Any, name: str, field: FieldInfo) -> dict[str, Any]:
    """The field's value; raises InputError if there is no picture in the well, or none that can be used."""
    if not text:
        raise InputError(f"{field.title}: put in a picture, or click an example.")
    return {name: picture_of(text, field.title or name)}
