"""What one visitor orders or sends in a studio, how much memory that takes, and what another notices of it.

``-o log_cli=true --log-cli-level=INFO`` tells the megabytes and the seconds of each.
"""

import io
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from itertools import count
from statistics import median
from typing import Any

import httpx
import pytest
from PIL import Image

from lumina import images
from tests.security.test_served import CALL, JOIN, Studio
from tests.server.test_guard import png_head
from tests.serving import started

MEGABYTE = 1_000_000
FLOODER = "8.8.8.8"
FLOODERS = (f"8.8.9.{number}" for number in count())  # another one each time, who has nothing under way
BUNDLE = {"content-type": "multipart/form-data; boundary=x"}

log = logging.getLogger(__name__)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """As on a public page, with the embedded model, whose scheduler shares out the seats."""
    folder = tmp_path_factory.mktemp("studio")
    with (
        started(None, folder, ("text_to_image", "edit", "control"), drawings_each=4) as (address, process),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        studio = Studio(client, folder, process.pid)
        studio.drawn(prompt="a red cube", stop_row=1)  # from now on the model is there
        yield studio


def first_row(studio: Studio, address: str) -> float:
    """Seconds until the first row of a drawing of somebody else has come."""
    began, headers = time.monotonic(), {"X-Forwarded-For": address}
    with httpx.Client(base_url=studio.client.base_url, headers=headers, timeout=120) as polite:
        call = polite.post(f"{CALL}/text_to_image", json={"prompt": "a red cube"})
        with polite.stream("GET", f"{CALL}/text_to_image/{call.json()['event_id']}") as answer:
            for line in answer.iter_lines():
                if line.startswith("event: generating"):
                    return time.monotonic() - began
                assert not line.startswith("event: error"), answer.read()
    raise AssertionError("No row came.")


def most_beside(studio: Studio, trouble: Callable[[httpx.Client], None]) -> float:
    """The most memory in megabytes while somebody else draws and ``trouble`` goes on."""
    before, waits = studio.memory(), list[float]()
    studio.forget_most()
    headers = {"X-Forwarded-For": next(FLOODERS)}
    with (
        httpx.Client(base_url=studio.client.base_url, headers=headers, timeout=120) as flooder,
        ThreadPoolExecutor(1) as other,
    ):
        work = other.submit(trouble, flooder)
        while not work.done() or not waits:
            waits.append(first_row(studio, f"9.9.9.{len(waits) % 200}"))
        work.result()
    most = studio.memory("VmHWM")
    told = "%.0f MB more at most; first row of %d others after %.2f s (median), %.2f s at most"
    log.info(told, most - before, len(waits), median(waits), max(waits))
    return most


def beside(studio: Studio, trouble: Callable[[httpx.Client], None]) -> None:
    """Somebody else draws while ``trouble`` goes on, which takes less than 300 MB."""
    before = studio.memory()
    assert most_beside(studio, trouble) < before + 300


def asked(client: httpx.Client, name: str, body: dict[str, Any]) -> str:
    """The whole answer to a call."""
    begun = client.post(f"{CALL}/{name}", json=body)
    if begun.status_code != 200:
        return begun.text
    return client.get(f"{CALL}/{name}/{begun.json()['event_id']}").text


def test_t11_orders_of_thousands_of_pictures_are_refused_at_once(studio: Studio) -> None:
    prompts, seeds = [f"a {n}" for n in range(8)], list(range(8))
    one = {
        "task": "text_to_image",
        "inputs": {"prompt": prompts, "seed": seeds, "variations": 4, "best_of": 16},
    }
    small = {"lumina": 1, "nodes": {"draft": one}}
    large = {"lumina": 1, "nodes": {f"draft{n}": one for n in range(64)}}
    assert len(json.dumps(small)) < 371 and len(json.dumps(large)) < 36_000

    def order(client: httpx.Client) -> None:
        for document in (small, large) * 5:
            assert "pictures" in asked(client, "run_workflow", {"document": document})

    beside(studio, order)


def test_t17_many_large_drawings_of_one_visitor(studio: Studio) -> None:
    def draw(client: httpx.Client) -> None:
        body = {"prompt": "a red cube", "best_of": 16}
        calls = [client.post(f"{CALL}/text_to_image", json=body).status_code for _ in range(20)]
        assert calls == [200] * 4 + [429] * 16
        time.sleep(5)

    beside(studio, draw)


def event_of(studio: Studio, name: str, kind: str) -> int:
    """The page's event of that name whose first input is a ``kind``."""
    kinds = {each["id"]: each["type"] for each in studio.client.get("/config").json()["components"]}
    found = (
        each["id"]
        for each in studio.events()
        if str(each["api_name"]).startswith(name) and each["inputs"] and kinds[each["inputs"][0]] == kind
    )
    return next(found)


def test_t07_long_words_large_fields_and_a_thousand_files(studio: Studio) -> None:
    hint = event_of(studio, "_name_unknown", "textbox")

    def send(client: httpx.Client) -> None:
        for size in (100, 50, 20, 5):
            body = {"fn_index": hint, "data": ["x" * (size * MEGABYTE), True], "session_hash": "long"}
            client.post("/gradio_api/run/predict", json=body)
        field = b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n'
        for size in (200, 50):
            client.post("/gradio_api/upload", content=field + b"x" * (size * MEGABYTE), headers=BUNDLE)
        one = b'--x\r\ncontent-disposition: form-data; name=files; filename="a.png"\r\n\r\n'
        for number, size in ((1000, MEGABYTE), (1000, 50_000)):
            pieces = (one + b"x" * size + b"\r\n" for _ in range(number))
            with suppress(httpx.WriteError):  # where the answer comes before the end
                client.post("/gradio_api/upload", content=pieces, headers=BUNDLE)

    beside(studio, send)


def test_t08_pictures_that_unfold_on_every_way_in(studio: Studio) -> None:
    sheet = event_of(studio, "_drawn", "imageeditor")
    parts = studio.client.get("/config").json()["components"]
    editor = next(each["id"] for each in parts if each["type"] == "imageeditor")
    bomb, true = io.BytesIO(png_head(13_000, 13_000)), Image.new("RGB", (4000, 4000), "red")
    files = {"a.png": bomb.getvalue(), "b.png": images.png_bytes(true)}
    for kind in ("TIFF", "JPEG2000"):
        true.resize((2000, 2000)).save(file := io.BytesIO(), kind)
        files[kind] = file.getvalue()

    def send(client: httpx.Client) -> None:
        for number, (name, data) in enumerate(files.items()):
            (path,) = client.post("/gradio_api/upload", files={"files": (name, data)}).json()
            file = {"path": path, "meta": {"_type": "gradio.FileData"}}
            drawing = {"background": file, "layers": [file] * 4, "composite": file}
            for session in range(10):
                body = {
                    "fn_index": sheet,
                    "data": [drawing, True, "", ""],
                    "session_hash": f"{number}-{session}",
                }
                client.post("/gradio_api/run/predict", json=body)
                client.post(JOIN, json=body)
            asked(client, "edit", {"image": file, "instruction": "make it blue"})
            for part in ("background", "layer", "composite"):  # as the page sends them
                said = {"type": part, "index": "0", "id": name, "component_id": editor, "session_hash": name}
                client.post(
                    "/gradio_api/component_server",
                    data=said | {"fn_name": "accept_blobs"},
                    files={"file": (name, data)},
                )
            drawing = {"background": None, "layers": [], "composite": None, "id": name}
            body = {"fn_index": sheet, "data": [drawing, True, "", ""], "session_hash": name}
            client.post("/gradio_api/run/predict", json=body)

    beside(studio, send)


def test_t08_four_of_the_largest_pictures_at_once(studio: Studio) -> None:
    """They take little more than four edits of small ones, which are drawn side by side just the same.

    Several times, for how many others draw at the same moment is chance.
    """

    def edit(side: int, client: httpx.Client) -> None:
        noise = Image.effect_noise((500, 500), 50).convert("RGB").resize((side, side))
        noise.save(file := io.BytesIO(), "JPEG")
        (path,) = client.post("/gradio_api/upload", files={"files": ("a.jpg", file.getvalue())}).json()
        body = {"image": {"path": path, "meta": {"_type": "gradio.FileData"}}, "instruction": "make it blue"}
        with ThreadPoolExecutor(4) as several:
            answers = list(several.map(lambda _: asked(client, "edit", body), range(8)))
        assert all("event: complete" in answer for answer in answers)

    usual = most_beside(studio, partial(edit, 500))
    assert most_beside(studio, partial(edit, 5000)) < usual + 300


def test_t07_many_who_only_drip(studio: Studio) -> None:
    def drip(client: httpx.Client) -> None:
        place = (client.base_url.host, client.base_url.port or 80)
        with ExitStack() as open_ones:
            lines = [open_ones.enter_context(socket.create_connection(place)) for _ in range(150)]
            head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {FLOODER}\r\n"
            head += f"Content-Type: {BUNDLE['content-type']}\r\nContent-Length: 1000000\r\n\r\n"
            for line in lines:
                line.sendall(head.encode())
            for _ in range(4):
                for line in lines:
                    line.sendall(b"x" * 1000)
                time.sleep(0.5)

    beside(studio, drip)
