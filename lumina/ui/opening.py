"""The picture that whoever comes first sees being painted: an earlier drawing of the model, with its recipe.

It is the sheet of that drawing (``ui/messages``), so that the page can play back its rows, and go on from it
as from any other picture. ``lumina templates --draw`` draws it anew.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from lumina.files import shipped_files
from lumina.images import open_image
from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.drawn_else import in_parts
from lumina.ui.film import film_of
from lumina.ui.messages.base import Data
from lumina.ui.picture_messages import sheet_of
from lumina.worlds import language_of

OPENINGS = shipped_files() / "assets" / "openings"  # NAME.json for the model of this name
FILM = shipped_files() / "assets" / "pictures" / "film.gif"  # of the README
KEY = "opening-0"
YEAR = 31_536_000  # seconds; the address changes with the file


def opening_file(spec: ModelSpec) -> Path | None:
    """The sheet that comes with a model, if one does."""
    return next((path for path in OPENINGS.glob("*.json") if path.stem == spec.name), None)


def opening_address(spec: ModelSpec) -> str:
    """Where the page fetches it; empty if there is none."""
    path = opening_file(spec)
    if path is None:
        return ""
    return f"lumina/openings/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"


def opening_words(spec: ModelSpec) -> list[Data]:
    """Its prompt in parts, which the page shows with it."""
    path, language = opening_file(spec), language_of(spec.world)
    if path is None or language is None:
        return []
    return in_parts(json.loads(path.read_text(encoding="utf-8"))["prompt"], language)


def opening_routes() -> list[Route]:
    """``/lumina/openings/NAME.json``."""
    return [Route(f"/lumina/openings/{path.name}", _served(path)) for path in sorted(OPENINGS.glob("*.json"))]


def _served(path: Path) -> Any:
    async def serve(request: Request) -> FileResponse:
        return FileResponse(path, headers={"cache-control": f"public, max-age={YEAR}, immutable"})

    return serve


def drawn_anew(path: Path, painter: Painter) -> str:
    """The sheet in a file as the model draws it now, from the same recipe."""
    inputs = json.loads(json.loads(path.read_text(encoding="utf-8"))["inputs"])
    task = TextToImage.model_validate(inputs).resolved(painter)
    sheet = sheet_of(finish(task.run(painter)).image[0], painter.model, KEY)
    return f"{sheet.model_dump_json(exclude_unset=True)}\n"


def film_of_opening(sheet: str) -> bytes:
    """The picture of such a sheet painting itself, as Save as film gives it."""
    values = json.loads(sheet)
    return film_of(open_image(base64.b64decode(values["png"])), values["rows"], values["prompt"])
