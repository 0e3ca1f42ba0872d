"""What a drawing costs on its way to the page, measured in the stream of a running studio."""

import base64
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import mean
from typing import TypedDict

import httpx
import pytest
from pydantic import JsonValue

from tests.serving import served

MOST = 2.0  # bytes sent to the page for each byte of the finished PNG
DRAWN = (("two red spheres", 3), ("a blue cube left of a green cylinder", 5), ("a purple cube", 11))
PIXELS = re.compile(r'"pixels": ?"U[^"]*"')
DOCUMENT = """{"lumina": 1, "nodes": {
  "draft": {"task": "text_to_image", "inputs": {"prompt": "a red cube", "seed": 2}}}}"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        served(None, tmp_path_factory.mktemp("stream")) as address,
        httpx.Client(base_url=address + "/gradio_api", timeout=120) as client,
    ):
        yield client


@dataclass(frozen=True)
class Stream:
    """The messages of one event as the page gets them, and the bytes that came over the wire."""

    messages: list[str]
    size: int

    @property
    def png(self) -> bytes:
        """The one finished picture."""
        (text,) = re.findall(r'"(iVBORw0KGgo[^"]*)"', "".join(self.messages))
        return base64.b64decode(text)


class Event(TypedDict):
    """What Gradio's configuration says of an event."""

    id: int
    targets: list[tuple[int, str]]
    inputs: list[int]


class Tab:
    """Events of the page, begun as its script begins them."""

    def __init__(self, studio: httpx.Client) -> None:
        self._studio = studio
        config = studio.get(f"{str(studio.base_url).removesuffix('/gradio_api/')}/config").json()
        self._parts: dict[int, Mapping[str, JsonValue]] = {p["id"]: p["props"] for p in config["components"]}
        self._events: list[Event] = config["dependencies"]

    def generate(self, prompt: str, seed: int) -> Stream:
        """A click on Generate."""
        event = next(e for e in self._events if self._is_of(e, "click", "value", "Generate"))
        return self._watch(event, [self._filled(self._parts[each], prompt, seed) for each in event["inputs"]])

    def execute(self, document: str) -> Stream:
        """A click on Run in the Workflow tab."""
        event = next(e for e in self._events if any(name == "execute" for _, name in e["targets"]))
        return self._watch(event, [], {"document": document, "visitor": "b" * 32})

    def _is_of(self, event: Event, name: str, prop: str, value: str) -> bool:
        return any(
            event_name == name and self._parts.get(part, {}).get(prop) == value
            for part, event_name in event["targets"]
        )

    def _filled(self, part: Mapping[str, JsonValue], prompt: str, seed: int) -> JsonValue:
        classes = str(part.get("elem_classes"))
        if "seed-number" in classes:
            return str(seed)
        if "lock" in classes:
            return True
        return {"Prompt": prompt, "Session": "a" * 32}.get(str(part.get("label"))) or part.get("value")

    def _watch(self, event: Event, data: list[JsonValue], sent: JsonValue = None) -> Stream:
        session = secrets.token_hex(5)
        asked = {"data": data, "fn_index": event["id"], "session_hash": session, "event_data": sent}
        asked["trigger_id"] = event["targets"][0][0]
        self._studio.post("/queue/join", json=asked).raise_for_status()
        messages = []
        with self._studio.stream("GET", "/queue/data", params={"session_hash": session}) as answer:
            for line in answer.iter_lines():
                messages += [line] if line else []
                if re.search(r'"msg": ?"process_completed"', line):
                    break
            return Stream(messages, answer.num_bytes_downloaded)


@pytest.fixture(scope="module")
def tab(studio: httpx.Client) -> Tab:
    return Tab(studio)


@pytest.mark.parametrize(("prompt", "seed"), DRAWN)
def test_a_drawing_costs_at_most_twice_its_png(tab: Tab, prompt: str, seed: int) -> None:
    stream = tab.generate(prompt, seed)
    assert stream.size <= MOST * len(stream.png)
    assert sum(map(len, stream.messages)) <= 3 * len(stream.png), "before it is compressed"


def rows_of(stream: Stream) -> list[int]:
    """The size of the message of each row, without its pixels: those depend on what is in the row."""
    rows = [message for message in stream.messages if PIXELS.search(message)]
    return [len(PIXELS.sub("", message)) for message in rows]


@pytest.mark.parametrize("draw", ["generate", "execute"])
def test_every_row_costs_the_same_to_tell(tab: Tab, draw: str) -> None:
    stream = tab.generate(*DRAWN[0]) if draw == "generate" else tab.execute(DOCUMENT)
    rows = rows_of(stream)
    assert 3 <= len(rows) <= 16  # a row whose successor came first has no pixels of its own
    assert mean(rows[len(rows) // 2 :]) < 1.1 * mean(rows[1 : 1 + len(rows) // 2]) and max(rows) < 900


def test_the_last_message_repeats_nothing(tab: Tab) -> None:
    assert len(tab.generate(*DRAWN[0]).messages[-1]) < 600
    assert len(tab.execute(DOCUMENT).messages[-1]) < 600
    assert json.loads(tab.execute(DOCUMENT).messages[-1].removeprefix("data:"))["success"]
