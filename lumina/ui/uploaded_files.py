"""Files that programs send: uploaded ones, data URLs and base64 in every common form, never an address."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lumina.errors import InvalidImage
from lumina.images import MAX_BYTES
from lumina.tasks.image_input import ImageInput
from lumina.ui.page_pictures import bytes_of_text, of_picture, too_large

_FILE = "/gradio_api/file="
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_UPLOADED = re.compile(r"[0-9a-f]{64}/[^/]+")  # each file lies in a folder named by its hash
_NAME = re.compile(r"[^\n{}]{1,999}\.[A-Za-z][A-Za-z0-9]{1,4}")  # base64 has no point
_PATH = re.compile(  # the base64 of a picture begins with a line only where it is a JPEG's, and is longer
    r"(?!/9j/)(?:[/\\~.]|[A-Za-z]:[/\\])[^\n{}]{0,999}|[^\n{}\[\]\"/\\]{1,20}[/\\][^\n{}\[\]\"]{1,20}"
)
_WAYS = "send an uploaded file, a data URL or the file in base64"


def picture_sent(value: Any, title: str, folder: str) -> ImageInput:
    """The picture in ``value``, a file in ``folder`` if it names one; raises InvalidImage."""
    try:
        return ImageInput.opened(file_sent(value, folder))
    except InvalidImage as error:
        raise of_picture(title, error) from error


def file_sent(value: Any, folder: str) -> bytes:
    """The bytes of the file in ``value``, at least one; raises InvalidImage."""
    place = (value.get("path") or value.get("url")) if is_file(value) else value
    if not isinstance(place, str):
        raise InvalidImage(f"This is not a file; {_WAYS}.")
    is_uploaded = (is_file(value) or is_sent_file(place, folder)) and place[:5].lower() != "data:"
    if not is_uploaded:
        refuse_name(place)
    data = _uploaded(place, Path(folder)) if is_uploaded else bytes_of_text(place, _WAYS)
    if not data:
        raise InvalidImage("This file is empty; send another.")
    return data


def is_sent_file(text: str, folder: str) -> bool:
    """Whether a text is a file by itself or names one: a data URL, an address, a path among the uploads."""
    is_place = _ADDRESS.match(text) is not None or (_FILE in text[:999] and "{" not in text[:999])
    return is_place or text.startswith(folder) or text[:5].lower() == "data:"


def refuse_name(text: str) -> None:
    """Raise InvalidImage if ``text`` is the name or the path of a file, which says nothing to a server."""
    name = text.strip()
    is_name = _NAME.fullmatch(name) or _PATH.fullmatch(name)
    if is_name and text[:5].lower() != "data:":
        raise InvalidImage("This is only the name of a file; send the file itself (`handle_file` in Python).")


def is_file(value: Any) -> bool:
    """Whether ``value`` is a file as Gradio's clients write it."""
    return isinstance(value, Mapping) and ("path" in value or "url" in value)


def _uploaded(place: str, folder: Path) -> bytes:
    """A file that was uploaded here or made here, by its path or its address on this server."""
    if _FILE in place:
        place = unquote(urlsplit(place).path.partition(_FILE)[2] or place.partition(_FILE)[2])
    elif _ADDRESS.match(place):
        raise InvalidImage("Nothing is fetched from other addresses; upload the file, or send it in base64.")
    path = Path(place)
    try:
        inside = path.resolve().relative_to(folder.resolve())
        if not _UPLOADED.fullmatch(inside.as_posix()) or not path.is_file():
            raise ValueError(place)
        if path.stat().st_size > MAX_BYTES:
            raise InvalidImage(too_large())
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidImage("This file was not uploaded here; upload it, or send it in base64.") from error
