"""What a picture is saved as besides itself: larger, cut out of its ground, and as a film of its painting."""

import base64
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image, ImageFilter
from pydantic import ValidationError

from lumina.errors import InputError, LuminaError
from lumina.faults import note, sentence_of
from lumina.images import open_image, png_bytes, read_recipe
from lumina.model.config import ModelSpec
from lumina.server.workshop import Workshop
from lumina.steps import Following
from lumina.tasks.predict import Predict
from lumina.ui.events import DRAWS, LOOK_AGAIN, QUICK, payload_of, ticket_of
from lumina.ui.film import film_of
from lumina.ui.messages.easel import Prepare, Saved
from lumina.ui.page_pictures import bytes_of_text
from lumina.worlds import world_of

log = logging.getLogger(__name__)

MOST_PIXELS = 20_000_000  # of a picture that is made larger
SOFT = 0.7  # pixels over which an outline fades
LARGER = {"2x": 2, "4x": 4}


def cut_sizes(spec: ModelSpec) -> list[list[int]]:
    """The sizes of pictures whose objects the model can tell apart; none if it cannot."""
    able = spec.world and Predict.name in spec.tasks and "segmentation" in spec.kinds
    return [[*size] for size in spec.sizes_of(dual=True)] if able else []


def offer_to_save(easel: gr.HTML, workshop: Workshop, spec: ModelSpec) -> None:
    """Answer what the easel asks for in its prop ``saved``; a cut-out waits for its turn to draw the mask."""

    def prepared(event: gr.EventData) -> Any:
        return _told(_prepared(payload_of(event), spec.world))

    def cut(event: gr.EventData) -> Iterator[Any]:
        for saved in _cut_out(payload_of(event), workshop, spec.world):
            yield gr.skip() if saved is None else _told(saved)

    easel.prepare(prepared, None, easel, **QUICK)
    easel.cut_out(cut, None, easel, **DRAWS)


def _told(saved: Saved) -> Any:
    return gr.HTML(saved=saved.data())


Payload = Mapping[str, Any]


def _asked(payload: Payload) -> tuple[Prepare, bytes, Image.Image]:
    """What the page asks for, its file and the picture in it; raises InputError or InvalidImage."""
    try:
        asked = Prepare.model_validate(payload)
    except ValidationError as error:
        raise InputError("This picture cannot be saved so; reload the page and try again.") from error
    file = bytes_of_text(asked.png)
    return asked, file, open_image(file)


def _prepared(payload: Payload, world: str) -> Saved:
    """A larger picture, a film, or a cut-out of a pair that has its mask."""
    try:
        asked, file, picture = _asked(payload)
        if asked.way == "film":
            return _saved(asked, film_of(picture, asked.rows, asked.prompt), "gif")
        made = cut_out(*halves_of(picture), world) if asked.way == "cut-out" else enlarged(picture, asked.way)
        return _saved(asked, with_recipe_of(file, made))
    except Exception as error:
        return _failed(payload, error)


def _cut_out(payload: Payload, workshop: Workshop, world: str) -> Iterator[Saved | None]:
    """A cut-out of a picture whose mask the model has yet to draw; None while it does."""
    try:
        asked, file, picture = _asked(payload)
        while not workshop.wait(LOOK_AGAIN):
            yield None
        task = Predict.model_validate({"image": picture, "kind": "segmentation", "seed": 0})
        with Following(task.run(workshop)) as events:
            for _ in events:
                yield None
        made = cut_out(picture, events.result.image[0].image, world)
        yield _saved(asked, with_recipe_of(file, made))
    except Exception as error:
        yield _failed(payload, error)


def _failed(payload: Payload, error: Exception) -> Saved:
    is_known = isinstance(error, LuminaError)
    if not is_known:
        note(log, "A picture could not be saved:", error)
    return Saved(ticket=ticket_of(payload), message=str(error) if is_known else sentence_of(error))


def _saved(asked: Prepare, data: bytes, ending: str = "png") -> Saved:
    name = f"{asked.file.rpartition('.')[0] or 'picture'}-{asked.way}.{ending}"
    return Saved(
        ticket=asked.ticket, file=name, kind=f"image/{ending}", content=base64.b64encode(data).decode()
    )


def enlarged(picture: Image.Image, way: str) -> Image.Image:
    """A picture with two or four times the pixels along each side, by Lanczos: nothing is drawn to it.

    Raises InputError where that is too large a picture.
    """
    width, height = LARGER[way] * picture.width, LARGER[way] * picture.height
    if width * height > MOST_PIXELS:
        raise InputError(f"{width} × {height} pixels are too many; save it as it is, or less enlarged.")
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def halves_of(pair: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The upper and the lower panel."""
    middle = pair.height // 2
    return pair.crop((0, 0, pair.width, middle)), pair.crop((0, middle, pair.width, 2 * middle))


def cut_out(picture: Image.Image, mask: Image.Image, world: str) -> Image.Image:
    """A picture that is transparent wherever its segmentation shows none of the world's objects.

    Raises InputError where it shows none at all.
    """
    known = world_of(world)
    ids = None if known is None else known.objects(np.asarray(mask.convert("RGB")))
    if ids is None or not ids.any():
        raise InputError("The model finds nothing in this picture that could be cut out.")
    outline = Image.fromarray(np.where(ids > 0, 255, 0).astype(np.uint8)).resize(picture.size)
    cut = picture.convert("RGBA")
    soft = outline.filter(ImageFilter.GaussianBlur(SOFT))
    cut.putalpha(
        soft.point(lambda share: max(0, 2 * share - 255))
    )  # inside of the outline, without the ground
    return cut


def with_recipe_of(file: bytes, picture: Image.Image) -> bytes:
    """A picture as a PNG that carries the recipe of ``file``, and the mark that a model made it."""
    return png_bytes(picture, read_recipe(file))
