"""Nobody fills the queue for all, nor draws all day: who is refused hears when to come back."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from lumina.server.admission import admit
from lumina.server.allowance import Allowance
from lumina.server.metrics import Counts
from lumina.settings import MAX_WAITING
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
