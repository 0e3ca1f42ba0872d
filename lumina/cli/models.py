"""``lumina models``, ``download`` and ``convert``: which models there are, and getting their files."""

from pathlib import Path
from typing import Annotated

import typer

from lumina.cli.console import AsJson, note, show, watched
from lumina.errors import LuminaError
from lumina.files import expanded, folder_named
from lumina.model.config import MODELS, ModelSpec, spec_of, split_revision
from lumina.settings import Settings


def list_models(as_json: AsJson = False) -> None:
    """List the models and what they can do."""
    found = {
        spec.name: {
            "title": spec.title,
            "note": spec.note,
            "source": spec.source,
            "licence": spec.licence,
            "revision": spec.revision,
            "here": is_here(spec),
            "tasks": list(spec.tasks),
            "sizes": [list(size) for size in spec.sizes],
        }
        for spec in MODELS.values()
    }
    lines = [
        f"{spec.name}  {spec.note} Sizes: {', '.join(f'{w}x{h}' for w, h in spec.sizes)}. "
        f"Tasks: {', '.join(spec.tasks)}."
        for spec in MODELS.values()
    ]
    show(found if as_json else lines)
    if remark := _of_engine():
        note(remark)


def _of_engine() -> str:
    """That another model draws than those that are listed, where the settings name an engine; else ""."""
    try:
        settings = Settings.from_environment()
        if not settings.engine:
            return ""
        from lumina.runtime.remote_painter import EngineAddress

        drawing = EngineAddress(settings.engine, settings.token).model().model
    except LuminaError as error:
        return f"These are the models of this machine. {error}"
    return f"These are the models of this machine; the engine at {settings.engine} draws with {drawing}."


def download(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A published model, MODEL@COMMIT for a commit.")
    ],
    as_json: AsJson = False,
) -> None:
    """Fetch a published model, or what is missing of it; goes on where it was broken off."""
    from lumina.connections import check_connections
    from lumina.model.checkpoint import fetch

    check_connections()
    spec, revision = spec_of(model), split_revision(model)[1]
    steps = fetch(spec, Settings.from_environment().models, revision)
    place = watched(steps, f"Downloading {spec.title}", as_json)
    found = {"model": str(place.folder), "movqgan": str(place.movqgan), "revision": place.revision}
    show(found if as_json else [f"{name}  {value}" for name, value in found.items()])


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="CKPT", help="movqgan_270M.ckpt, or its folder.", parser=expanded)
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write to.", metavar="DIR", parser=folder_named)
    ],
    as_json: AsJson = False,
) -> None:
    """Write a published picture tokenizer as safetensors, which hold numbers and never code."""
    from lumina.model.checkpoint import convert as write

    files = sorted(str(path) for path in write(source, out).glob("movqgan*"))
    show({"files": files} if as_json else files)


def is_here(spec: ModelSpec) -> bool:
    """Whether it could be loaded without a download; told without reading any weights."""
    try:
        from lumina.model.checkpoint import locate

        return bool(locate(spec, Settings.from_environment().models))
    except (LuminaError, ImportError):  # without torch nothing can be
        return False
