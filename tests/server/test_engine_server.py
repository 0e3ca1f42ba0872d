"""What strangers and old friends may send to an engine, and what it answers."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from lumina.errors import InputError
from lumina.runtime import wire
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent
from lumina.runtime.fake import FakePipeline
from lumina.runtime.request import DrawRequest
from lumina.server.engine_server import check_secret
from lumina.server.guard import MAX_BODY
from lumina.steps import Steps, finish
from tests.engines import Gated, engine, remote, until
from tests.runtime.asking import request
from tests.serving import ROOT

FAKE = FakePipeline()
TOKEN = "s3cret-of-the-engine"
ONE = request(FAKE, width=64, height=64, seed=1)
GOOD = json.loads(wire.DrawMessage.written([ONE], "", "all"))


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with (
        engine(FAKE, TOKEN) as (url, _),
        httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=30) as client,
    ):
        yield client


def refused(client: httpx.Client, content: Any, **headers: str) -> tuple[int, str]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    names = {"content-type": "application/json"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    answer = client.post("/draw", content=body, headers=names)
    said = answer.json()["error"]
    assert said.endswith(".") and said.count("\n") == 0 and answer.json()["protocol"] == wire.PROTOCOL
    return answer.status_code, said


def test_it_tells_its_model_and_that_it_is_well(client: httpx.Client) -> None:
    found = client.get("/model").json()
    assert (found["protocol"], found["model"], found["pixels_per_code"]) == (1, "tabletop@fake", 8)
    assert found["spec"]["name"] == "tabletop" and "source" not in found["spec"]
    assert httpx.get(f"{client.base_url}/healthz").json() == {"status": "ok"}


def test_a_stream_tells_all_events_and_the_end(client: httpx.Client) -> None:
    answer = client.post("/draw", json=GOOD)
    assert (
        answer.headers["content-type"] == "text/event-stream"
        and answer.headers["cache-control"] == "no-store"
    )
    names = [frame.name for frame in wire.frames(answer.text.split("\n"))]
    assert names == ["begun", *["row"] * 8, "finished", "end"]


@pytest.mark.parametrize("sent", ["", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \xe9"])
def test_without_its_token_nothing_is_told(client: httpx.Client, sent: str) -> None:
    headers = {"authorization": sent.encode("latin-1")}
    for answer in (client.get("/model", headers=headers), client.post("/draw", json=GOOD, headers=headers)):
        assert answer.status_code == 401 and "LUMINA_TOKEN" in answer.json()["error"]
        assert answer.headers["www-authenticate"] == "Bearer" and TOKEN not in answer.text


@pytest.mark.parametrize("version", [0, 2, "1", None, True, [1]])
def test_a_client_of_another_version_is_told_both(client: httpx.Client, version: Any) -> None:
    status, said = refused(client, GOOD | {"protocol": version})
    assert status == 426 and "version 1 of the protocol" in said and repr(version) in said
    status, said = refused(client, {name: value for name, value in GOOD.items() if name != "protocol"})
    assert status == 400 and '"protocol"' in said


ASKED = GOOD["requests"][0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b"{", "not valid JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"protocol": 1, "protocol": 1}', '"protocol" twice'),
        (json.dumps(GOOD).replace('"seed": 1', '"seed": NaN').encode(), "NaN"),
        (json.dumps(GOOD).replace('"seed": 1', '"seed": 1e999').encode(), "too large"),
        (b"[" * 10_000, "nested too deeply"),
        ({"protocol": 1}, "requests: is missing"),
        (GOOD | {"requests": []}, "requests: must not be empty"),
        (GOOD | {"more": 1}, "more: is not an input here"),
        (GOOD | {"pixels": "some"}, "pixels: must be"),
        (GOOD | {"requests": [ASKED | {"width": "64"}]}, "requests.0.width: must be a whole number"),
        (GOOD | {"requests": [ASKED | {"width": 65}]}, "cannot draw 65x64"),
        (GOOD | {"requests": [ASKED | {"panels": 0}]}, "requests.0.panels: must be at least 1"),
        (GOOD | {"requests": [ASKED | {"kept": [[1, -2]]}]}, "requests.0.kept.0.1: must be at least 0"),
        (GOOD | {"requests": [ASKED | {"kept": [[1, 2]]}]}, "Rows of this width have 8 codes each"),
        (GOOD | {"requests": [ASKED | {"stop_row": 99}]}, "The stop row is 99"),
        (GOOD | {"requests": [ASKED | {"options": {"seed": -1}}]}, "The seed is -1"),
        (GOOD | {"requests": [ASKED | {"given": [0]}], "pictures": ["AAAA"]}, "picture"),
        (GOOD | {"requests": [ASKED | {"given": [0]}], "pictures": ["ä"]}, "PNG file in base64"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(client: httpx.Client, body: Any, said: str) -> None:
    status, sentence = refused(client, body)
    assert status == 422 and said in sentence


def test_another_model_than_the_one_that_is_wanted_is_named(client: httpx.Client) -> None:
    status, said = refused(client, GOOD | {"model": "tabletop@other"})
    assert status == 409 and "tabletop@fake" in said and "tabletop@other" in said


def test_pages_of_a_browser_cannot_use_it(client: httpx.Client) -> None:
    assert refused(client, GOOD, origin="http://evil.example")[0] == 403
    assert refused(client, GOOD, content_type="text/plain")[0] == 415


def test_other_places_and_methods_are_one_sentence(client: httpx.Client) -> None:
    for method, place, status in (("GET", "/", 404), ("GET", "/draw", 405), ("POST", "/model", 405)):
        answer = client.request(method, place)
        assert answer.status_code == status and "GET /model and POST /draw" in answer.json()["error"]
        assert answer.json().keys() == {"error", "code", "protocol"}


def test_a_huge_body_is_refused_before_it_comes(client: httpx.Client) -> None:
    place = urlsplit(str(client.base_url))
    line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
    line.putrequest("POST", "/draw")
    for name, value in {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}.items():
        line.putheader(name, value)
    line.putheader("content-length", str(MAX_BODY + 1))
    line.endheaders()
    answer = line.getresponse()
    assert answer.status == 413 and "too large" in json.loads(answer.read())["error"]
    line.close()


def test_a_full_engine_says_when_to_come_again_and_whoever_waits_is_drawn() -> None:
    with engine(gated := Gated(), most=1) as (url, server):
        first = remote(url).draw([ONE])
        next(first)
        answer = httpx.post(f"{url}/draw", json=GOOD)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert "as much as it can" in answer.json()["error"]
        first.close()
        gated.may.release(100)
        until(lambda: server.taken == 0)
        (drawing,) = finish(remote(url).draw([ONE]))
    assert drawing.digest == finish(FAKE.draw([ONE]))[0].digest


class Failing(FakePipeline):
    """Fails in the middle of a picture."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        steps = super().draw(requests)
        yield next(steps)
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "memory is used up"),
        (InputError("That is wrong."), "That is wrong."),
        (RuntimeError("a prompt"), "went wrong on our side"),
    ],
)
def test_what_fails_on_the_way_is_one_sentence(error: Exception, said: str) -> None:
    with engine(Failing(error)) as (url, _):
        answer = httpx.post(f"{url}/draw", json=GOOD)
    frames = list(wire.frames(answer.text.split("\n")))
    assert [frame.name for frame in frames] == ["begun", "refused"]
    assert said in json.loads(frames[-1].data)["message"] and "a prompt" not in answer.text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "[::]"])
def test_others_reach_an_engine_with_its_token_only(host: str) -> None:
    with pytest.raises(InputError, match="set LUMINA_TOKEN to a long secret"):
        check_secret(host, "")
    check_secret(host, TOKEN)
    check_secret("127.0.0.1", "")


@pytest.mark.parametrize(
    ("imported", "missing"),
    [
        ("lumina.server.engine_server", ["gradio"]),
        ("lumina.ui.app", ["lumina.server.engine_server", "lumina.runtime.remote_painter"]),
        ("lumina.cli.main", ["httpx"]),
    ],
)
def test_neither_side_imports_the_other(imported: str, missing: list[str]) -> None:
    code = f"import sys, {imported}; sys.exit(any(each in sys.modules for each in {missing}))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
