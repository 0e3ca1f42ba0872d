"""Nobody fills the queue for all, nor draws all day: who is refused hears when to come back."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException

from lumina.runtime.fake import FakePipeline
from lumina.server.admission import MODEL, MOST_BESIDE, Admission, admit
from lumina.server.allowance import Allowance
from lumina.server.metrics import Counts
from lumina.server.workshop import Workshop
from lumina.settings import MAX_WAITING, Settings
from lumina.ui.app import build
from tests.serving import started

CALL = "/gradio_api/call/v2/text_to_image"


@pytest.fixture
def studio(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    with (
        started(0.5, tmp_path, slots=1, **request.param) as (address, _),
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


def called(studio: httpx.Client, address: str = "9.9.9.9", **inputs: Any) -> httpx.Response:
    """The server listens to what a proxy on this machine says of where a request comes from."""
    asked = {"prompt": "a red cube", **inputs}
    return studio.post(CALL, json=asked, headers={"X-Forwarded-For": address})


def heard(answer: httpx.Response, said: str) -> int:
    """The seconds after which to come back."""
    seconds = int(answer.headers["retry-after"])
    told: Any = answer.json()["detail"]
    assert told == f"{said} in about {seconds} s: try again then."
    return seconds


@pytest.mark.parametrize("studio", [{"drawings_each": 2}], indirect=True)
def test_one_address_has_few_drawings_and_others_are_let_in(studio: httpx.Client) -> None:
    assert [called(studio).status_code for _ in range(2)] == [200, 200]
    refused = called(studio)
    assert refused.status_code == 429
    assert heard(refused, "2 drawings from your address wait or are under way already; one is done") > 0
    assert called(studio, "8.8.8.8").status_code == 200
    page = [each for each in studio.get("/config").json()["dependencies"] if each["queue"]]
    drawing = next(each for each in page if each["types"]["generator"])
    body = {"fn_index": drawing["id"], "data": [], "session_hash": "x"}
    refused = studio.post("/gradio_api/queue/join", json=body, headers={"X-Forwarded-For": "9.9.9.9"})
    assert refused.status_code == 429


def test_an_empty_queue_is_looked_at_now_and_then() -> None:
    queue = SimpleNamespace(push=None, sleep_when_free=0.001)  # as Gradio has it
    admit(SimpleNamespace(_queue=queue), 4, 2, Allowance(0), Counts(), trusts_proxy=False)
    assert queue.sleep_when_free == 0.01


def test_what_draws_nothing_is_bounded_and_takes_no_place_of_a_drawing() -> None:
    """The files of stopped pictures, for one: they are made beside the drawings, of each address a few."""
    kinds = {0: "settling", 1: "rewriter", 2: "watch", 3: MODEL}
    fns = {n: SimpleNamespace(concurrency_id=kind, concurrency_limit=2) for n, kind in kinds.items()}
    fns[2].concurrency_limit = None  # which nobody waits for
    lines = {kind: SimpleNamespace(queue=[]) for kind in kinds.values()}

    async def push(body: Any, request: Any, username: Any) -> None:
        fn = fns[body.fn_index]
        event = SimpleNamespace(fn=fn, concurrency_id=fn.concurrency_id, request=request)
        lines[fn.concurrency_id].queue.append(event)

    queue = SimpleNamespace(
        push=push,
        blocks=SimpleNamespace(fns=fns),
        event_queue_per_concurrency_id=lines,
        active_jobs=[None],
        process_time_per_fn={},
        broadcast_estimations=lambda _: None,
    )
    admission = Admission(queue, MAX_WAITING, 4, Allowance(0), Counts(), trusts_proxy=False)

    def status(number: int, address: str) -> int:
        request = SimpleNamespace(scope={"client": (address, 1), "headers": []})
        try:
            asyncio.run(admission.push(SimpleNamespace(fn_index=number), request, None))
        except HTTPException as error:
            return error.status_code
        return 200

    asked = [status(number % 2, "9.9.9.9") for number in range(MOST_BESIDE + 3)]
    assert asked == [200] * MOST_BESIDE + [429] * 3
    assert [status(2, "9.9.9.9") for _ in range(40)] == [200] * 40
    others = [status(0, f"8.8.8.{number}") for number in range(MAX_WAITING)]
    assert others == [200] * (MAX_WAITING - MOST_BESIDE) + [503] * MOST_BESIDE
    assert admission.waiting() == [] and status(3, "9.9.9.9") == 200


def test_what_stands_in_the_line_of_drawings_can_be_stopped_at_each_row() -> None:
    async def built() -> Any:
        return build(Workshop(FakePipeline), Settings(rewriter="http://127.0.0.1:1/v1"))

    fns = asyncio.run(built()).fns.values()
    assert all(each.types_generator for each in fns if each.fn and each.concurrency_id == MODEL)


@pytest.mark.parametrize("studio", [{}], indirect=True)
def test_a_full_queue_says_so(studio: httpx.Client) -> None:
    answers = [called(studio, f"9.9.9.{number + 1}") for number in range(MAX_WAITING + 4)]
    assert {each.status_code for each in answers[: MAX_WAITING + 1]} == {200}
    assert answers[-1].status_code == 503
    assert heard(answers[-1], f"{MAX_WAITING} drawings wait already; a place is free") > 0


@pytest.mark.parametrize("studio", [{"drawings_each": 4}], indirect=True)
def test_addresses_take_turns(studio: httpx.Client) -> None:
    called_by = ["9.9.9.9"] * 4 + ["8.8.8.8"]
    calls = [called(studio, address, stop_row=2).json()["event_id"] for address in called_by]
    ended = list[str]()

    def wait(call: str, address: str) -> None:
        assert "event: complete" in studio.get(f"{CALL}/{call}").text
        ended.append(address)

    with ThreadPoolExecutor(len(calls)) as waiting:
        list(waiting.map(wait, calls, called_by))
    assert ended.index("8.8.8.8") <= 2  # the first was under way already, and the second perhaps


@pytest.mark.parametrize("studio", [{"seconds_each": 1, "metrics": 1, "log": "json"}], indirect=True)
def test_who_has_drawn_enough_keeps_it_and_comes_back_later(studio: httpx.Client, tmp_path: Path) -> None:
    begun = called(studio, stop_row=3).json()
    drawn = studio.get(f"{CALL}/{begun['event_id']}").text
    file = json.loads(re.findall(r"event: complete\ndata: (.*)", drawn)[-1])[0]
    refused = called(studio)
    seconds = int(refused.headers["retry-after"])
    assert (refused.status_code, 3500 < seconds <= 3660) == (429, True)
    said = "Your address has drawn for 1 s within an hour; there is more for it in about"
    assert refused.json()["detail"] in (f"{said} {minutes} min: try again then." for minutes in (59, 60, 61))
    assert studio.get(f"/gradio_api/file={file['path']}").status_code == 200
    assert called(studio, "8.8.8.8").status_code == 200
    counted = studio.get("/metrics").text.splitlines()
    assert {'lumina_drawings_total{end="done"} 1', 'lumina_refusals_total{reason="budget"} 1'} <= {*counted}
    log = (tmp_path / "server.log").read_text()
    assert {"drawn", "refused"} <= {json.loads(line)["message"] for line in log.splitlines()}
    assert "cube" not in log and "9.9.9.9" not in log
