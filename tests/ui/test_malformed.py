"""What no page and no program would send: one sentence each, and the log repeats none of it."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving import served, started

SECRET = "a secret prompt"
JOIN, RUN = "/gradio_api/queue/join", "/gradio_api/run/predict"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def studio(folder: Path) -> Iterator[httpx.Client]:
    with served(0, folder) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def answer_of(studio: httpx.Client, event: int, data: list[Any]) -> Any:
    """The last message of an event that is queued."""
    session = f"{event}-{len(data)}"
    joined = studio.post(JOIN, json={"fn_index": event, "data": data, "session_hash": session})
    assert joined.status_code == 200, joined.text
    with studio.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                return message["output"]
    return None


def test_no_event_answers_null_and_no_log_repeats_what_was_sent(studio: httpx.Client, folder: Path) -> None:
    events = [each for each in studio.get("/config").json()["dependencies"] if each["backend_fn"]]
    wrong: list[list[Any]] = [[], [SECRET], [SECRET] * 40, [{"path": "/etc/passwd", "meta": SECRET}]]
    for event in events:
        for data in wrong:
            if event["queue"]:
                output = answer_of(studio, event["id"], data)
                assert "error" not in output or output["error"], (event["id"], data)
                continue
            body = {"fn_index": event["id"], "data": data, "session_hash": "direct"}
            answer = studio.post(RUN, json=body)
            assert answer.status_code == 200 or answer.json()["error"], (event["id"], data)
    log = (folder / "server.log").read_text()
    assert SECRET not in log and "/etc/passwd" not in log


@pytest.mark.parametrize("path", [JOIN, RUN])
@pytest.mark.parametrize("event", [-1, 99_999])
def test_an_event_that_is_not_there_is_a_sentence(studio: httpx.Client, path: str, event: int) -> None:
    answer = studio.post(path, json={"fn_index": event, "data": [SECRET], "session_hash": "x"})
    assert answer.status_code == 404
    said = answer.json()
    assert said.get("detail", "").startswith("This request does not fit") or "no endpoint" in said["error"]


def test_the_studio_is_hardened(studio: httpx.Client) -> None:
    answer = studio.get("/config", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in answer.text and "content-security-policy" in answer.headers
    assert studio.get("/gradio_api/deep_link?session_hash=h").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"data": NaN}', "data: Input should be a valid list."),
        (b'{"data": "%s"}' % SECRET.encode(), "data: Input should be a valid list."),
        (b'"%s"' % SECRET.encode(), "The request: Input should be a valid dictionary or object"),
        (b"{", "1: JSON decode error."),
        (b"", "The request: Field required."),
    ],
)
def test_a_request_that_cannot_be_read_is_a_sentence(studio: httpx.Client, body: bytes, said: str) -> None:
    answer = studio.post(JOIN, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(said) and SECRET not in answer.text


@pytest.mark.parametrize("charset", ["", "; charset=iso-8859-1"])
@pytest.mark.parametrize("path", ["/gradio_api/call/v2/text_to_image", JOIN])
def test_a_body_that_is_not_utf_8_is_a_sentence(studio: httpx.Client, path: str, charset: str) -> None:
    headers = {"content-type": f"application/json{charset}"}
    answer = studio.post(path, content='{"prompt": "a grün cube"}'.encode("latin-1"), headers=headers)
    assert answer.status_code == 400
    said = answer.json()["detail" if path == JOIN else "error"]
    assert said == "The body is no readable text; send JSON in UTF-8."
    assert studio.get("/no/such/page").json() == {"detail": "Not Found"}


@pytest.mark.parametrize("path", ["/gradio_api/call/v2/run_workflow", JOIN])
def test_a_body_that_is_too_deep_says_so(studio: httpx.Client, path: str) -> None:
    body = b'{"document": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    answer = studio.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    said = answer.json()["detail" if path == JOIN else "error"]
    assert said == "The body is nested too deeply; keep it within 32 levels."


def test_sigterm_lets_a_stream_come_to_its_end(tmp_path: Path) -> None:
    with (
        started(0.2, tmp_path) as (address, process),
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        call = "/gradio_api/call/v2/text_to_image"
        event = client.post(call, json={"prompt": "a red cube"}).json()["event_id"]
        with (
            ThreadPoolExecutor(1) as thread,
            client.stream("GET", f"/gradio_api/call/text_to_image/{event}") as stream,
        ):
            lines = stream.iter_lines()
            next(lines)  # it is under way
            process.send_signal(signal.SIGTERM)
            rest = thread.submit(list, lines).result(timeout=10)
        told = [line for line in rest if line.startswith("data:")][-1]
        assert "is being restarted" in told
        assert process.wait(timeout=10) == 143


def test_sigterm_cuts_what_has_no_end_and_the_log_hears_nothing(tmp_path: Path) -> None:
    with (
        started(0.01, tmp_path) as (address, process),
        httpx.stream("GET", f"{address}/gradio_api/heartbeat/somebody", timeout=30) as stream,
    ):
        assert next(stream.iter_lines()) == "data: ALIVE"  # as at every open page and client
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 143
    assert (tmp_path / "server.log").read_text() == "Stopped.\n"


def test_the_stream_of_an_unknown_session_says_so_and_the_log_hears_nothing(
    studio: httpx.Client, folder: Path
) -> None:
    before = (folder / "server.log").read_text()
    answer = studio.get("/gradio_api/queue/data", params={"session_hash": "nobody"})
    told = json.loads(answer.text.removeprefix("data: "))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
    assert told["session_not_found"] is True and told["message"].endswith("send the call again.")
    assert (folder / "server.log").read_text() == before
    assert studio.get("/gradio_api/queue/data").status_code == 422
