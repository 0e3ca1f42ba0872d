"""Whether the studio is well, for whatever watches over it: ``GET /healthz``."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lumina.errors import LuminaError
from lumina.server.workshop import Workshop


def health_route(workshop: Workshop) -> Route:
    """200 with ``ok`` or ``loading``; 503 where there is no model, with the reason, or the end has come."""

    async def tell(request: Request) -> JSONResponse:
        if not workshop.wait(0):
            return JSONResponse({"status": "loading"})
        try:
            return JSONResponse({"status": "ok", "model": workshop.painter.model})
        except LuminaError as error:
            return JSONResponse({"status": "failed", "reason": str(error)}, 503)

    return Route("/healthz", tell)
