"""Whoever watches over the studio hears how it is."""

from threading import Event

from starlette.applications import Starlette
from starlette.testclient import TestClient

from lumina.errors import ModelError
from lumina.runtime.fake import FakePipeline
from lumina.server.health import health_route
from lumina.server.workshop import Workshop


def told(workshop: Workshop) -> tuple[int, dict[str, str]]:
    answer = TestClient(Starlette(routes=[health_route(workshop)])).get("/healthz")
    return answer.status_code, answer.json()


def test_it_is_well_with_a_model_and_until_its_end() -> None:
    may_load = Event()

    def load() -> FakePipeline:
        may_load.wait(10)
        return FakePipeline()

    workshop = Workshop(load)
    workshop.open()
    assert told(workshop) == (200, {"status": "loading"})
    may_load.set()
    assert workshop.wait(10)
    assert told(workshop) == (200, {"status": "ok", "model": "tabletop@fake"})
    workshop.close()
    status, answer = told(workshop)
    assert status == 503 and "is being restarted" in answer["reason"]


def test_without_a_model_the_reason_is_told() -> None:
    def fail() -> FakePipeline:
        raise ModelError("Its files are damaged.")

    workshop = Workshop(fail)
    workshop.open()
    assert workshop.wait(10)
    assert told(workshop) == (503, {"status": "failed", "reason": "Its files are damaged."})
