"""What strangers try with a public studio, by the ids of docs/security.md.

``LUMINA_ROUNDS`` multiplies the rounds; the figures there are of more than one.
"""

import base64
import io
import json
import logging
import os
import random
import re
import socket
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from lumina import images
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from tests.serving import started

log = logging.getLogger(__name__)

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
CANARY, TOKEN = "canary-of-a-foreign-file", "hf_canaryOfTheEnvironment"
JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
CALL = "/gradio_api/call/v2"


class Studio:
    """A studio of its own, its folder, and a file beside it that nobody may see."""

    def __init__(self, client: httpx.Client, folder: Path, pid: int) -> None:
        self.client, self.folder, self._pid = client, folder, pid
        self.foreign = folder / "foreign.txt"
        self.foreign.write_text(CANARY)

    def events(self) -> list[Any]:
        return [each for each in self.client.get("/config").json()["dependencies"] if each["backend_fn"]]

    def join(self, event: int, data: list[Any], session: str) -> str:
        """All that the queue answers to an event."""
        body = {"fn_index": event, "data": data, "session_hash": session}
        joined = self.client.post(JOIN, json=body)
        if joined.status_code != 200:
            return joined.text
        with self.client.stream("GET", DATA, params={"session_hash": session}) as stream:
            return "".join(stream.iter_text())

    def drawn(self, address: str = "9.9.9.9", **inputs: Any) -> tuple[str, Any]:
        """The last event of a call from an address, and its data; a full queue is asked again."""
        whose = {"X-Forwarded-For": address}  # as a proxy on this machine says it
        while (
            begun := self.client.post(f"{CALL}/text_to_image", json=inputs, headers=whose)
        ).status_code == 503:
            time.sleep(min(1.0, float(begun.headers["retry-after"])))
        answer = self.client.get(f"{CALL}/text_to_image/{begun.json()['event_id']}").text
        event, data = re.findall(r"event: (\w+)\ndata: (.*)", answer)[-1]
        return event, json.loads(data)

    def memory(self, which: str = "VmRSS") -> float:
        """Megabytes: those of now, or the most since :meth:`forget_most` (``VmHWM``)."""
        found = re.search(rf"{which}:\s+(\d+) kB", Path(f"/proc/{self._pid}/status").read_text())
        return int(found[1]) / 1000 if found else 0.0

    def forget_most(self) -> None:
        """From now on the most memory is counted anew."""
        Path(f"/proc/{self._pid}/clear_refs").write_text("5")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HF_TOKEN", TOKEN)
        with (
            started(0, folder, ("text_to_image", "edit")) as (address, process),
            httpx.Client(base_url=address, timeout=120) as client,
        ):
            yield Studio(client, folder, process.pid)


def test_t01_no_path_leads_out_of_the_folder_of_files(studio: Studio) -> None:
    chance = random.Random(1)
    link = studio.folder / ("a" * 64) / "link.txt"
    link.parent.mkdir()
    link.symlink_to("/etc/passwd")
    parts = [
        "..",
        "%2e%2e",
        "..%2f",
        "/",
        "//",
        "etc",
        "passwd",
        "\\",
        "proc",
        "self",
        "environ",
        "file:",
        "C:",
        "%00",
        "~",
        ".",
    ]
    parts += [str(studio.foreign), str(studio.folder)]
    known = ["/etc/passwd", str(studio.foreign), "file:///etc/passwd", "/proc/self/environ", str(link)]
    paths = known + ["/".join(chance.choices(parts, k=chance.randint(1, 5))) for _ in range(200 * ROUNDS)]
    for path in paths:
        for place in (f"/gradio_api/file={path}", f"/gradio_api/file={quote(path, safe='')}"):
            answer = studio.client.get(place)
            assert CANARY not in answer.text and "root:x:" not in answer.text, place
            assert TOKEN not in answer.text


def test_t02_no_value_makes_the_server_read_a_file(studio: Studio) -> None:
    paths = [
        str(studio.foreign),
        "/etc/passwd",
        "/proc/self/environ",
        f"{studio.folder}/results/gallery.sqlite",
    ]
    forged: list[Any] = [
        form
        for path in paths
        for form in (
            path,
            {"path": path, "meta": {"_type": "gradio.FileData"}},
            {"path": path, "url": f"http://127.0.0.1/{path}", "orig_name": "a.png"},
            {"url": f"file://{path}"},
            {"image": {"path": path, "meta": {"_type": "gradio.FileData"}}},
            {"background": {"path": path}, "layers": [{"path": path}], "composite": {"path": path}},
        )
    ]
    for event in studio.events():
        some = [forged[6 * ((event["id"] + form) % len(paths)) + form] for form in range(6)]
        for number, value in enumerate(forged if ROUNDS > 1 else some):
            data = [value] * max(1, len(event["inputs"]))
            if event["queue"]:
                answer = studio.join(event["id"], data, f"t02-{event['id']}-{number}")
            else:
                body = {"fn_index": event["id"], "data": data, "session_hash": "t02", "event_data": value}
                answer = studio.client.post("/gradio_api/run/predict", json=body).text
            assert CANARY not in answer and "root:x" not in answer and TOKEN not in answer
    copies = [path for path in studio.folder.glob("*/*") if path.is_file() and "results" not in path.parts]
    assert not [path for path in copies if CANARY.encode() in path.read_bytes()]


def test_t03_names_of_uploads_lead_nowhere(studio: Studio, tmp_path: Path) -> None:
    chance = random.Random(3)
    signs = ["..", "/", "\\", "\0", "\r\n", "\u202e", "a" * 400, "con", ".", "~", "%2f", "ä", '"']
    outside = {path for path in studio.folder.parent.rglob("*") if studio.folder not in path.parents}
    for number in range(40 * ROUNDS):
        name = "".join(chance.choices(signs, k=chance.randint(1, 5)))
        body = b'--x\r\ncontent-disposition: form-data; name=files; filename="' + name.encode()
        body += b'"\r\ncontent-type: image/png\r\n\r\n%d\r\n--x--\r\n' % number
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = studio.client.post("/gradio_api/upload", content=body, headers=headers)
        assert answer.status_code in (200, 400, 413, 422) and "Traceback" not in answer.text
        for path in answer.json() if answer.status_code == 200 else ():
            assert Path(path).resolve().is_relative_to(studio.folder) and len(Path(path).parent.name) == 64
    after = {path for path in studio.folder.parent.rglob("*") if studio.folder not in path.parents}
    assert after == outside


def test_t04_no_address_is_fetched(studio: Studio) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        addresses = [
            f"http://127.0.0.1:{port}/a.png",
            f"http://localhost:{port}/",
            f"http://[::1]:{port}/",
            f"http://2130706433:{port}/a.png",
            f"//127.0.0.1:{port}/a",
        ]
        for address in addresses:
            studio.client.get(f"/gradio_api/file={address}")
            studio.client.get(f"/gradio_api/proxy={address}")
            for image in (address, {"url": address}, {"path": address, "meta": {"_type": "gradio.FileData"}}):
                body = {"image": image, "instruction": "x"}
                begun = studio.client.post(f"{CALL}/edit", json=body)
                if begun.status_code == 200:
                    studio.client.get(f"{CALL}/edit/{begun.json()['event_id']}")
            for event in studio.events():
                if event["queue"]:
                    value = {"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}
                    studio.join(event["id"], [value] * max(1, len(event["inputs"])), f"t04-{event['id']}")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_t05_nothing_rests_on_a_cookie(studio: Studio) -> None:
    """Gradio answers every origin: what is private needs a name in the body, which no other page knows."""
    foreign = {"Origin": "https://evil.example", "Host": "studio.example"}
    for path in ("/", "/config", "/gradio_api/info", "/healthz", "/gradio_api/queue/status"):
        assert "set-cookie" not in studio.client.get(path, headers=foreign).headers


def test_t11_small_documents_take_little_memory(studio: Studio) -> None:
    """What took gigabytes before anything was counted: chained templates, a sheet, sizes, edges."""
    nodes: dict[str, Any] = {"t0": {"task": "text", "inputs": {"text": "x" * 2000}}}
    for n in (1, 2, 3):
        slot = {"template": "{a}" * 666, "a": {"from": f"t{n - 1}.text"}}
        nodes[f"t{n}"] = {"task": "prompt_template", "inputs": slot}
    first, second = ({"from": f"inputs.{name}"} for name in "ab")
    sizes = {"image": second, "width": 4096, "height": [4096 - 8 * n for n in range(32)]}
    documents = [
        nodes,
        {"c": {"task": "compare", "inputs": {"left": first, "right": second}}},
        {"c": {"task": "resize", "inputs": sizes}},
        {"c": {"task": "edges", "inputs": {"image": first, "kind": "hed"}}},
    ]
    pictures = {"a": Image.new("RGB", (1580, 15_800), "red"), "b": Image.new("RGB", (160, 16))}
    values = {n: base64.b64encode(images.png_bytes(picture)).decode() for n, picture in pictures.items()}
    for asked in documents:
        before = studio.memory()
        studio.forget_most()
        inputs = {name: {"type": "image"} for name in "ab" if f"inputs.{name}" in json.dumps(asked)}
        body = {
            "document": {"lumina": 1, "inputs": inputs, "nodes": asked},
            "values": {name: values[name] for name in inputs},
        }
        begun = studio.client.post(f"{CALL}/run_workflow", json=body).json()
        answer = studio.client.get(f"{CALL}/run_workflow/{begun['event_id']}").text
        assert ("event: error" in answer) is (asked is not documents[3]), answer[:500]
        grown = studio.memory("VmHWM") - before
        log.info("%.0f MB more at most", grown)
        assert grown < 300


def test_t14_no_secret_is_told(studio: Studio) -> None:
    places = [
        "/",
        "/config",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/healthz",
        "/manifest.json",
        "/x",
        "/gradio_api/file=/proc/self/environ",
        "/monitoring",
        "/gradio_api/queue/join",
    ]
    assert not [place for place in places if TOKEN in studio.client.get(place).text]
    _, (file, *rest) = studio.drawn(prompt="a red cube", seed=1)
    assert TOKEN not in json.dumps([file, rest])
    assert TOKEN.encode() not in studio.client.get(f"/gradio_api/file={file['path']}").content
    assert TOKEN not in (studio.folder / "server.log").read_text()


def test_t15_nothing_of_an_uploads_notes_is_handed_on(studio: Studio) -> None:
    image, file, exif = Image.new("RGB", (128, 128), "red"), io.BytesIO(), Image.Exif()
    exif[0x010E], exif[0x8825] = CANARY, {1: "N", 2: (52.0, 30.0, 0.0)}
    image.save(file, "JPEG", exif=exif, comment=CANARY.encode())
    body = {"image": base64.b64encode(file.getvalue()).decode(), "instruction": "make it blue", "seed": 1}
    begun = studio.client.post(f"{CALL}/edit", json=body).json()
    answer = studio.client.get(f"{CALL}/edit/{begun['event_id']}").text
    _, data = re.findall(r"event: (\w+)\ndata: (.*)", answer)[-1]
    png = studio.client.get(f"/gradio_api/file={json.loads(data)[0]['path']}").content
    assert CANARY.encode() not in png and CANARY not in answer
    with Image.open(io.BytesIO(png)) as result:
        assert set(result.info) <= {images.RECIPE_KEY, "XML:com.adobe.xmp", "xmp"}
        assert not dict(result.getexif())


def test_t18_t20_everybody_gets_their_own_picture(studio: Studio) -> None:
    count = 100 * ROUNDS
    with ThreadPoolExecutor(100) as crowd:
        asked = [
            crowd.submit(studio.drawn, f"9.9.9.{n % 100}", prompt=f"{n} cubes", seed=n) for n in range(count)
        ]
        answers = [each.result(timeout=300) for each in asked]
    assert [event for event, _ in answers] == ["complete"] * count  # none is lost
    assert [data[1] for _, data in answers] == list(range(count))  # and none mixed up
    alone = TextToImage(prompt="7 cubes", seed=7).run(FakePipeline())
    drawn = studio.client.get(f"/gradio_api/file={answers[7][1][0]['path']}").content
    assert images.open_image(drawn).tobytes() == finish(alone).image[0].image.tobytes()


def test_t22_memory_stays_where_it_is(studio: Studio) -> None:
    for number in range(30 * ROUNDS):
        studio.drawn(prompt="a red cube", seed=number)
    before = studio.memory()
    for number in range(60 * ROUNDS):
        studio.drawn(prompt="a red cube", seed=number)
    grown = studio.memory() - before
    log.info("%d calls: %.1f MB more", 60 * ROUNDS, grown)
    assert grown < 40


def test_t23_sessions_are_bounded(studio: Studio) -> None:
    event = next(each["id"] for each in studio.events() if not each["queue"])
    before = studio.memory()
    for number in range(150 * ROUNDS):
        body = {"fn_index": event, "data": [], "session_hash": f"flood-{number}"}
        studio.client.post("/gradio_api/run/predict", json=body)
    assert studio.memory() - before < 150


def test_t23_what_many_names_bring_is_bounded(studio: Studio) -> None:
    """The largest pictures whose pixels are kept, two under each of forty names: 960 MB if all were."""
    bring = next(each["id"] for each in studio.events() if str(each["api_name"]).startswith("_bring"))
    before = studio.memory()
    for number in range(40):
        for shade in range(2):
            file = io.BytesIO()
            Image.new("L", (2000, 2000), 2 * number + shade).save(file, "PNG")
            sent = {"visitor": f"{number:032x}", "picture": base64.b64encode(file.getvalue()).decode()}
            body = {"fn_index": bring, "data": [], "session_hash": f"bring-{number}", "event_data": sent}
            answer = studio.client.post("/gradio_api/run/predict", json=body).json()
            assert "thumbnail" in json.dumps(answer)
    grown = studio.memory() - before
    log.info("%.0f MB more", grown)
    assert grown < 450  # 268 of them, and what the last ones took while they were opened


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "NONSENSE"])
def test_t33_our_own_routes_never_break(studio: Studio, method: str) -> None:
    for path in ("/healthz", "/lumina/canvas.js", "/lumina/canvas.css", "/lumina/nothing", "/lumina/..%2fx"):
        answer = studio.client.request(method, path, content=b"\xff" * 100 if method == "POST" else None)
        assert answer.status_code < 500, (method, path)


def test_t33_no_link_breaks_the_page(studio: Studio) -> None:
    nodes = ("{}", "[]", '{"a": {}}', '{"a": "x"}', '{"a": 1, "b": 2}', "[" * 50_000, '{"a":' * 50_000)
    texts = [f'{{"nodes": {each}}}' for each in nodes]
    draw = {"task": "text_to_image", "inputs": {"prompt": "\ud800 cube"}}
    deep = '{"title": ' + "[" * 900 + "]" * 900 + ', "nodes": {"a": 1, "b": 2}}'
    texts += ["", "1", "[" * 200_000, '"\\ud800"', deep, json.dumps({"nodes": {"a": draw}})]
    for text in texts:
        packer = zlib.compressobj(wbits=-15)
        code = base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")
        for result in ("", "0" * 32, "x"):
            page = studio.client.get("/", params={"picture": code, "result": result})
            assert page.status_code == 200, text[:50]
    for code in ("%ff", "*", "A" * 50_000, "%00", "&picture=1" * 30):
        assert studio.client.get(f"/?picture={code}").status_code == 200
    shared = ("x", "0" * 32 + ".png", "%00.png", "..%2f..%2fx.png", "%f0.png")
    for path in ("preview.png", *(f"shared/{name}" for name in shared)):
        assert studio.client.get(f"/lumina/{path}").status_code in (200, 404), path
