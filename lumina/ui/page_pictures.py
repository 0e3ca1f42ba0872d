"""Pictures that a page sends along with a form or a sheet, in base64: checked like any other file."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from PIL import Image

from lumina.errors import InputError, InvalidImage
from lumina.images import MAX_BYTES, open_image
from lumina.tasks.base import Task, Values
from lumina.tasks.image_input import ImageInput

_DATA = re.compile(r"\s*data:.{0,200}?;base64,", re.IGNORECASE)
_PERCENT = re.compile(r"\s*data:[^,]{0,200},", re.IGNORECASE)  # RFC 2397 without ``;base64``
_TO_STANDARD = str.maketrans("-_", "+/")  # the alphabet for addresses, to the usual one


def picture_fields(task: type[Task]) -> list[str]:
    """The names of the fields that take a picture."""
    return [name for name, field in task.model_fields.items() if field.annotation is ImageInput]


def picture_of(text: Any, title: str) -> Image.Image:
    """The picture in an image field; raises InvalidImage with one sentence."""
    try:
        return open_image(bytes_of_text(text), keep_alpha=True)
    except InvalidImage as error:
        raise of_picture(title, error) from error


def picture_input(text: Any, title: str) -> ImageInput:
    """The same as the input of a task."""
    try:
        return ImageInput.opened(bytes_of_text(text))
    except InvalidImage as error:
        raise of_picture(title, error) from error


def of_picture(title: str, error: InvalidImage) -> InvalidImage:
    """The same sentence, which says of which picture."""
    sentence = str(error)
    return InvalidImage(f"{title}: {sentence[:1].lower()}{sentence[1:]}")


def bytes_of_text(text: Any, fix: str = "put it in again") -> bytes:
    """A file in base64, wrapped or not, in either alphabet, with or without ``data:…,`` before it; in a data
    URL also as signs of an address, ``%89PNG…``.

    A blank between its letters is a "+" that was read as in an address.

    Raises InvalidImage, which says ``fix`` of what is no base64.
    """
    if not isinstance(text, str):
        raise InvalidImage(f"This is not a picture in base64; {fix}.")
    if len(text) > 2 * MAX_BYTES:  # base64 is longer by a third, wrapped a little more
        raise InvalidImage(too_large())
    head = _DATA.match(text)
    try:
        if not head and (plain := _PERCENT.match(text)):
            return _unquoted(text[plain.end() :])
        # an address may write "+" as %2B
        body = _unquoted(text[head.end() :]).decode("latin-1") if head else text
        letters = "".join(_without_blanks(body.strip()).split()).rstrip("=").translate(_TO_STANDARD)
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage(f"This is not a picture in base64; {fix}.") from error


def _unquoted(text: str) -> bytes:
    """The bytes of a text of an address; read as quoted-printable, which takes little room for many %.

    Raises ValueError for signs that no address has.
    """
    return binascii.a2b_qp(text.replace("=", "=3D").replace("%", "="))


def _without_blanks(text: str) -> str:
    """Base64 with "+" for each blank, unless that is too long, or all lines between blanks are alike."""
    lines, signs = text.split(), "".join(text.splitlines()).replace(" ", "+")
    lengths = {len(line) for line in lines[:-1]}
    is_wrapped = len(lengths) == 1 and not (lengths.pop() % 4 or sum(map(len, lines)) % 4)
    return text if is_wrapped or len(signs) % 4 else signs


def too_large() -> str:
    """What is said of a file over the limit."""
    return f"This file is too large; use a picture under {MAX_BYTES // 1_000_000} MB."


def with_pictures(task: type[Task], inputs: Values, given: Mapping[str, str]) -> Values:
    """``inputs`` of a task in which pictures are only named, with the pictures that a page sent along.

    Raises InputError if one is missing, or is not the one that is named.
    """
    filled = dict(inputs)
    for name in picture_fields(task):
        if name not in given:
            raise InputError("The picture that this began with is not here; put it in and draw anew.")
        picture = picture_input(given[name], name)
        if inputs.get(name) != {"image": picture.name}:
            raise InputError("The picture that this began with is another one; put it in and draw anew.")
        filled[name] = picture
    return filled
