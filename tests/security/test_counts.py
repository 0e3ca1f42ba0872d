"""Many damaged things, and many who leave, at a studio that serves: answers in sentences, and a quiet log.

``LUMINA_ROUNDS=100`` runs the counts of docs/security.md; ``--log-cli-level=INFO`` says how long things took.
"""

import base64
import json
import logging
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from tests.serving import started
from tests.test_images import encoded, gradient
from tests.workflow.test_validation import SEEDLING, mutated, rearranged

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
CALL = "/gradio_api/call/v2"
ENDED = re.compile(r"event: (complete|error)\ndata: (.*)")

log = logging.getLogger(__name__)


@pytest.fixture
def studio(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    """One whose rows take so many seconds; what it writes to its log in the end has no errors."""
    tasks = ("text_to_image", "edit", "predict", "control")
    with (
        started(request.param, tmp_path, tasks, slots=0 if not request.param else 1) as (address, process),
        httpx.Client(base_url=address, timeout=120) as client,
    ):
        yield client
        assert process.poll() is None, "It lives on."
    written = (tmp_path / "server.log").read_text()
    assert re.findall(r"^(?:ERROR|CRITICAL|Traceback|Task exception).*", written, re.MULTILINE) == []


def answered(studio: httpx.Client, name: str, sent: bytes) -> str:
    """How a call ends; a full queue is asked again. Whatever goes wrong is a sentence."""
    headers = {"content-type": "application/json"}
    while (begun := studio.post(f"{CALL}/{name}", content=sent, headers=headers)).status_code == 503:
        time.sleep(min(0.2, float(begun.headers["retry-after"])))
    if begun.status_code != 200:
        assert begun.status_code in (400, 413, 422) and begun.json(), begun.text
        return str(begun.status_code)
    answer = studio.get(f"{CALL}/{name}/{begun.json()['event_id']}").text
    event, data = ENDED.findall(answer)[-1]
    assert "Traceback" not in answer
    if event == "error":
        said = json.loads(data)
        sentence = said.get("error", "") if isinstance(said, dict) else said
        assert isinstance(sentence, str) and sentence.rstrip().endswith((".", "?")), (sent[:500], answer)
    return str(event)


def ask_all(studio: httpx.Client, name: str, count: int, make: Callable[[random.Random], bytes]) -> None:
    chance = random.Random(name)
    with ThreadPoolExecutor(8) as crowd:
        asked = [crowd.submit(answered, studio, name, make(chance)) for _ in range(count)]
        log.info("%d calls of %s: %s", count, name, dict(Counter(each.result() for each in asked)))


def damaged_picture(chance: random.Random) -> bytes:
    data = bytearray(encoded(gradient(size=(64, 64)), chance.choice(["PNG", "JPEG", "WEBP", "GIF", "BMP"])))
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) if chance.random() < 0.5 else 64)
        data[place % len(data)] = chance.randrange(256)
    kept = data[: chance.randint(1, len(data))] if chance.random() < 0.2 else data
    return json.dumps({"image": base64.b64encode(kept).decode(), "instruction": "make it blue"}).encode()


def damaged_document(chance: random.Random) -> bytes:
    nodes = {name: node for name, node in SEEDLING["nodes"].items() if name != "lost"}
    whole: Any = SEEDLING | {"nodes": nodes}
    if chance.random() < 0.5:
        return json.dumps({"document": rearranged(whole, chance)}).encode()
    return json.dumps({"document": mutated(json.dumps(whole), chance).decode("latin-1")}).encode()


def any_prompt(chance: random.Random) -> bytes:
    parts = ["<racm3:break>", "<eoss>", "<|im_end|>", "<reserved08706>", "\ud800", "\0", "\u202e", "\u200d"]
    parts += ["🟥", "e\u0301", "\r\n", "\\", '"', "{idea}", "<script>", "x" * 500, "赤い立方体"]
    parts += ["a red cube", ", ", " "]
    prompt = "".join(chance.choices(parts, k=chance.randint(0, 12)))
    prompt += "".join(chr(chance.randrange(0x20, 0x11000)) for _ in range(chance.randint(0, 8)))
    return json.dumps({"prompt": prompt, "stop_row": 1}).encode()


@pytest.mark.parametrize("studio", [0], indirect=True)
def test_t08_t09_t12_what_is_damaged_is_answered_in_sentences(studio: httpx.Client) -> None:
    ask_all(studio, "edit", 50 * ROUNDS, damaged_picture)
    ask_all(studio, "run_workflow", 100 * ROUNDS, damaged_document)
    ask_all(studio, "text_to_image", 100 * ROUNDS, any_prompt)


@pytest.mark.parametrize("studio", [0.25], indirect=True)
def test_t19_who_hangs_up_frees_the_only_seat(studio: httpx.Client) -> None:
    """Each drawing would hold it for four seconds."""
    seconds = list[float]()
    for _ in range(2 * ROUNDS + 1):
        left = time.monotonic()
        begun = studio.post(f"{CALL}/text_to_image", json={"prompt": "a red cube"}).json()
        with studio.stream("GET", f"{CALL}/text_to_image/{begun['event_id']}") as answer:
            assert "generating" in next(answer.iter_lines())
        seconds.append(time.monotonic() - left)
    log.info("The next drawing begins after %.2f s, at most %.2f s.", median(seconds), max(seconds))
    assert answered(studio, "text_to_image", b'{"prompt": "a cone", "stop_row": 1}') == "complete"
