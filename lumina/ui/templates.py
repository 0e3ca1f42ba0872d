"""The workflows that come with the studio, each with a small picture of what it gives, where there is one."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from lumina.files import shipped_files
from lumina.model.config import ModelSpec
from lumina.workflow.validation import check

ROOT = shipped_files()
TEMPLATES = ROOT / "workflows"  # those of a world that speaks of other things in a folder of its name
PICTURES = ROOT / "assets" / "templates"  # NAME.png for NAME.json; ``lumina templates --draw`` draws them
STRIP = (294, 96)  # pixels: three squares and the gaps between them
GAP = 3
COLOURS = 128  # few enough for a small file
YEAR = 31_536_000  # seconds; the address changes with the picture


def templates(spec: ModelSpec) -> list[dict[str, str]]:
    """Name, title, text and, if there is one, the picture's address of every template the model can run."""
    found = []
    own = TEMPLATES / spec.world
    for path in sorted((own if own.is_dir() else TEMPLATES).glob("*.json")):
        text = path.read_text(encoding="utf-8")
        checked = check(text, spec)
        if checked.workflow is not None and not checked.problems:
            title, name = checked.workflow.title or path.stem, _name_of(path, TEMPLATES)
            found.append({"name": name, "title": title, "text": text, **_address(name)})
    return found


def _name_of(path: Path, folder: Path) -> str:
    return path.relative_to(folder).with_suffix("").as_posix()


def _address(name: str) -> dict[str, str]:
    path = PICTURES / f"{name}.png"
    if not path.is_file():
        return {}
    return {"picture": f"lumina/templates/{name}.png?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"}


def template_routes() -> list[Route]:
    """Where the page fetches the pictures: ``/lumina/templates/NAME.png``."""
    paths = sorted(PICTURES.rglob("*.png"))
    return [Route(f"/lumina/templates/{_name_of(path, PICTURES)}.png", _served(path)) for path in paths]


def _served(path: Path) -> Any:
    async def serve(request: Request) -> FileResponse:
        return FileResponse(path, headers={"cache-control": f"public, max-age={YEAR}, immutable"})

    return serve


def strip_of(pictures: Sequence[Image.Image]) -> bytes:
    """A small PNG (``STRIP`` pixels) with as many of the pictures, side by side, as there is room for."""
    width, height = STRIP
    row: list[Image.Image] = []
    for picture in pictures:
        left = width - sum(each.width + GAP for each in row)
        scale = height / picture.height if row else min(height / picture.height, width / picture.width)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        if size[0] <= left:
            row.append(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    strip = Image.new("RGBA", STRIP)
    x = (width - sum(each.width for each in row) - GAP * (len(row) - 1)) // 2
    for each in row:
        strip.paste(each, (x, (height - each.height) // 2))
        x += each.width + GAP
    file = BytesIO()
    strip.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()
