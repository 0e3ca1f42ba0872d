"""Headers on every answer, no stranger who decides where a page lies, no fault that tells what was sent."""

import logging
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lumina.faults import NO_MEMORY, OUR_FAULT
from lumina.server.headers import Hardened, policy


async def tell(request: Request) -> JSONResponse:
    return JSONResponse({name: request.headers.get(name) for name in ("x-forwarded-host", "host")})


async def fail(request: Request) -> JSONResponse:
    raise {"memory": MemoryError, "fault": ValueError}[request.query_params["how"]](
        request.query_params["said"]
    )


async def framed(request: Request) -> PlainTextResponse:
    return PlainTextResponse("", headers={"referrer-policy": "no-referrer"})


def studio(**options: Any) -> TestClient:
    routes = [Route("/", tell), Route("/fail", fail), Route("/own", framed)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Hardened, **options)]))


def test_every_answer_has_the_headers() -> None:
    for path in ("/", "/fail?how=fault&said=x", "/nowhere", "/gradio_api/deep_link"):
        headers = studio().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'self';" in headers["content-security-policy"] + ";"
    assert studio().get("/own").headers["referrer-policy"] == "no-referrer"


def test_only_a_space_may_be_shown_by_the_hub() -> None:
    assert "huggingface" not in policy()
    assert "frame-ancestors 'self' https://huggingface.co https://*.huggingface.co" in policy("me/studio")


@pytest.mark.parametrize(
    ("options", "believed"), [({}, None), ({"trusts_proxy": True}, "evil"), ({"space": "me/studio"}, "evil")]
)
def test_a_forwarded_host_is_believed_of_a_trusted_proxy_only(options: dict[str, Any], believed: Any) -> None:
    told = studio(**options).get("/", headers={"X-Forwarded-Host": "evil"}).json()
    assert told == {"x-forwarded-host": believed, "host": "testserver"}


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/dev/reload",
        "/gradio_api/vibe-code/",
        "/proxy=x",
        "/gradio_api/file=/tmp/lumina-studio/gallery.sqlite",
        "/gradio_api/file=/etc/passwd",
        f"/gradio_api/file=/tmp/{'a' * 64}/../x/y",
    ],
)
def test_what_the_page_has_no_use_for_stays_shut(path: str) -> None:
    answer = studio().get(path)
    assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing here."})


@pytest.mark.parametrize(("how", "said"), [("fault", OUR_FAULT), ("memory", NO_MEMORY)])
def test_a_fault_is_a_sentence_and_the_log_hears_where(
    how: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = studio().get(f"/fail?how={how}&said=secret")
    assert (answer.status_code, answer.json()) == (500, {"error": said})
    assert "in fail" in caplog.text and "secret" not in caplog.text
