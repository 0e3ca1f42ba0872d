"""Pictures that a page sends along with a form or a sheet, in base64: checked like any other file."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from PIL import Image

from lumina.errors import InputError, InvalidImage
from lumina.images import MAX_BYTES, open_image
from lumina.tasks.base import Task
from lumina.tasks.image_input import ImageInput


def picture_fields(task: type[Task]) -> list[str]:
    """The names of the fields that take a picture."""
    return [name for name, field in task.model_fields.items() if field.annotation is ImageInput]


def picture_of(text: Any, title: str) -> Image.Image:
    """The picture in a well; raises InvalidImage with one sentence."""
    if not isinstance(text, str) or len(text) > 4 * MAX_BYTES // 3 + 4:
        raise InvalidImage(f"{title}: this picture is too large; use one under {MAX_BYTES // 1_000_000} MB.")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(f"{title}: this is not a picture in base64; put it in again.") from error
    return open_image(data, keep_alpha=True)


def with_pictures(task: type[Task], inputs: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """``inputs`` of a task in which pictures are only named, with the pictures that a page sent along.

    Raises InputError if one is missing, or is not the one that is named.
    """
    filled = dict(inputs)
    for name in picture_fields(task):
        if name not in given:
            raise InputError("The picture that this began with is not here; put it in and draw anew.")
        picture = ImageInput.of(picture_of(given[name], name))
        if inputs.get(name) != {"image": picture.name}:
            raise InputError("The picture that this began with is another one; put it in and draw anew.")
        filled[name] = picture
    return filled
