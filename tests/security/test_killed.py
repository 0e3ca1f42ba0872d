"""A studio that is killed while it draws, and the next one: what was acknowledged, what was under way.

``LUMINA_ROUNDS`` is how often; ``--log-cli-level=INFO`` says what came of it.
"""

import base64
import json
import logging
import os
import random
import re
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from statistics import median
from subprocess import Popen
from threading import Event
from typing import Any

import httpx
from gradio_client.utils import apply_diff  # type: ignore[import-untyped]

from lumina import images
from lumina.runtime.fake import FakePipeline
from lumina.server.gallery import GalleryStore
from lumina.steps import finish
from lumina.tasks.image_input import ImageInput
from lumina.tasks.text_to_image import TextToImage
from lumina.workflow.executor import Resources, run
from lumina.workflow.schema import load
from tests.serving import free_port, started

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
VISITOR = "a" * 32
ROW = 0.05  # seconds
Heard = Callable[[], None]

log = logging.getLogger(__name__)


class Page:
    """The page without its looks: begins events as its script does, and keeps what it is told."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=60)
        config = self.client.get("/config").json()
        self._parts = {each["id"]: each["props"] for each in config["components"]}
        self._events = config["dependencies"]

    def generate(self, seed: int, heard: Heard) -> Mapping[str, Any]:
        event = next(each for each in self._events if self._is_generate(each))
        values = [self._filled(self._parts[each], seed) for each in event["inputs"]]
        return self._told(event, "view", values, None, heard)

    def _filled(self, part: Mapping[str, Any], seed: int) -> Any:
        classes = str(part.get("elem_classes"))
        if "seed-number" in classes or "lock" in classes:
            return str(seed) if "seed-number" in classes else True
        return {"Prompt": "a red cube", "Session": VISITOR}.get(str(part.get("label")), part.get("value"))

    def resume(self, sheet: Mapping[str, Any], heard: Heard) -> Mapping[str, Any]:
        rows = b"".join(base64.b64decode(each["codes"]) for each in sheet["strips"])
        sent = {**sheet, "codes": base64.b64encode(rows).decode()}
        return self._told(self._named("resume"), "view", [VISITOR], sent, heard)

    def execute(self, document: str, drawn: Any, heard: Heard) -> Mapping[str, Any]:
        sent = {"document": document, "drawn": drawn, "visitor": VISITOR}
        return self._told(self._named("execute"), "run", [], sent, heard)

    def call(self, seed: int, heard: Heard) -> Mapping[str, Any]:
        """As a program: the file, if it came."""
        begun = self.client.post("/gradio_api/call/v2/text_to_image", json={"prompt": "a cone", "seed": seed})
        place = f"/gradio_api/call/v2/text_to_image/{begun.json()['event_id']}"
        with suppress(httpx.TransportError), self.client.stream("GET", place) as answer:
            for line in answer.iter_lines():
                heard()
                if line.startswith("data: [{"):
                    return dict(json.loads(line.removeprefix("data: "))[0])
        return {}

    def _named(self, name: str) -> Any:
        return next(each for each in self._events if any(event == name for _, event in each["targets"]))

    def _is_generate(self, event: Any) -> bool:
        return any(
            name == "click" and self._parts.get(part, {}).get("value") == "Generate"
            for part, name in event["targets"]
        )

    def _told(self, event: Any, prop: str, data: list[Any], sent: Any, heard: Heard) -> Mapping[str, Any]:
        """The last that was told of what a component shows, to the end or until nobody answers any more."""
        session, output, last = secrets.token_hex(5), list[Any](), dict[str, Any]()
        asked = {"data": data, "fn_index": event["id"], "session_hash": session, "event_data": sent}
        with suppress(httpx.TransportError):
            self.client.post("/gradio_api/queue/join", json=asked).raise_for_status()
            place, whose = "/gradio_api/queue/data", {"session_hash": session}
            with self.client.stream("GET", place, params=whose) as answer:
                for line in answer.iter_lines():
                    message = json.loads(line.removeprefix("data:") or "{}")
                    if message.get("msg") == "process_completed":
                        break
                    if message.get("msg") != "process_generating":
                        continue
                    new = message["output"]["data"]
                    output = [apply_diff(*both) for both in zip(output, new, strict=True)] if output else new
                    last = output[0].get("props", {}).get(prop, last)
                    heard()
        return last


def begin_and_kill(
    page: Page, process: Popen[str], seed: int, after: int
) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Four drawings at once; the studio is killed when so many things have been heard of them."""
    count, enough = Counter[str](), Event()

    def heard() -> None:
        count.update(["heard"])
        if count["heard"] >= after:
            enough.set()

    with ThreadPoolExecutor(4) as crowd:
        asked = [
            ("tab", seed, crowd.submit(page.generate, seed, heard)),
            ("tab", seed + 1, crowd.submit(page.generate, seed + 1, heard)),
            ("canvas", seed, crowd.submit(page.execute, document(seed), {}, heard)),
            ("program", seed, crowd.submit(page.call, seed, heard)),
        ]
        while not enough.wait(0.05) and not all(future.done() for *_, future in asked):
            pass
        process.kill()
        return [(kind, number, future.result()) for kind, number, future in asked]


def document(seed: int) -> str:
    first = {"task": "text_to_image", "inputs": {"prompt": "a blue cone", "seed": seed, "variations": 2}}
    then = {"task": "predict", "inputs": {"image": {"from": "first.image"}, "seed": seed}}
    return json.dumps({"lumina": 1, "nodes": {"first": first, "then": then}})


def go_on(page: Page, kind: str, seed: int, told: Mapping[str, Any], folder: Path) -> str:
    """What was acknowledged is there; what was not is drawn on, and is the unbroken picture. What it was."""
    if kind == "program":
        return go_on_program(page, seed, told)
    state = str(told.get("state", "nothing heard"))
    whole = unbroken(kind, seed)
    if state == "done":
        store = GalleryStore(folder / "results" / "gallery.sqlite")
        assert all(store.find(VISITOR, picture.name) for picture in whole)
    elif kind == "tab" and told.get("sheets"):
        (sheet,) = page.resume(told["sheets"][0], lambda: None)["sheets"]
        assert [ImageInput.of(images.open_image(base64.b64decode(sheet["png"])))] == whole
    elif kind == "canvas" and state == "running":
        view = page.execute(document(seed), told.get("drawn", {}), lambda: None)
        files = [page.client.get(f"/{each['url']}").content for each in view["nodes"]["then"]["pictures"]]
        assert [ImageInput.of(images.open_image(each)) for each in files] == whole
    return f"{kind}: {state}"


def go_on_program(page: Page, seed: int, told: Mapping[str, Any]) -> str:
    """A program that had no answer asks again."""
    again = told or page.call(seed, lambda: None)
    drawn = finish(TextToImage(prompt="a cone", seed=seed).run(FakePipeline())).image[0].image
    assert images.open_image(Path(again["path"]).read_bytes()).tobytes() == drawn.tobytes()
    return f"program: {'done' if told else 'asked again'}"


def unbroken(kind: str, seed: int) -> list[ImageInput]:
    if kind == "tab":
        task = TextToImage(prompt="a red cube", seed=seed)
        return [ImageInput.of(finish(task.run(FakePipeline())).image[0].image)]
    outputs = finish(run(load(document(seed)), Resources(FakePipeline()))).outputs
    return [ImageInput.of(picture.image) for picture in next(iter(outputs.values()))]


def test_t26_a_killed_studio_loses_nothing_and_the_next_goes_on(tmp_path: Path) -> None:
    chance, port, seconds, found = random.Random(25), free_port(), list[float](), Counter[str]()
    left: list[tuple[str, int, Mapping[str, Any]]] = []
    for number in range(ROUNDS + 1):
        began = time.monotonic()
        with started(ROW, tmp_path, ("text_to_image", "predict"), port=port) as (address, process):
            seconds.append(time.monotonic() - began)
            page = Page(address)
            with closing(page.client):
                found.update(go_on(page, *each, tmp_path) for each in left)
                if number < ROUNDS:
                    left = begin_and_kill(page, process, 10 * number, chance.randint(1, 130))
        if any(name.endswith("done") for name in found):
            with closing(sqlite3.connect(tmp_path / "results" / "gallery.sqlite")) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        errors = re.findall(r"^(?:ERROR|Traceback).*", (tmp_path / "server.log").read_text(), re.MULTILINE)
        assert errors == []
    log.info("%s; starts: median %.1f s, longest %.1f s", dict(found), median(seconds), max(seconds))
