"""``lumina serve``: the model of this machine for studios and commands elsewhere."""

from dataclasses import replace
from typing import Annotated

import typer

from lumina.cli import generate
from lumina.cli.console import Cache, Model, Quant, go_on_unread, show, watched
from lumina.errors import InputError
from lumina.model.config import split_revision

PORT = 8100


def serve_model(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = PORT,
    model: Model = None,
    quant: Quant = None,
    cache: Cache = None,
) -> None:
    """Draw for others: what has LUMINA_ENGINE=http://HOST:PORT needs no model of its own."""
    from lumina.server.address import check_address
    from lumina.server.engine_server import check_secret, serve_engine
    from lumina.server.json_log import write_json_lines
    from lumina.server.loading import load_model

    go_on_unread()
    settings = generate.settings_with(quant, cache)
    if settings.engine:
        raise InputError("LUMINA_ENGINE names an engine already; unset it where `lumina serve` is to be one.")
    settings = replace(settings, model=model or settings.model)
    check_secret(host, settings.token)
    host = check_address(host, port)
    spec = generate.spec_for(settings.model)
    if spec.is_published:
        from lumina.model.checkpoint import fetch

        revision = split_revision(settings.model)[1]
        watched(fetch(spec, settings.models, revision), f"Downloading {spec.title}", quiet=False)
    if settings.log == "json":
        write_json_lines()
    painter = load_model(settings)
    serve_engine(painter, settings, host, port, lambda sentence: show([sentence]))
