"""A painter behind an address draws what the one there draws, whatever happens to the line."""

import os
import re
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from threading import Barrier
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError, InvalidSize, LuminaError, ModelError, UnknownModel
from lumina.runtime import wire
from lumina.runtime.drawing import BACKGROUND, Drawing
from lumina.runtime.events import Begun, DrawEvent, Finished, RowDrawn, Scored
from lumina.runtime.fake import FakePipeline
from lumina.runtime.painter import Painter
from lumina.runtime.partial_codes import PartialCodes
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.remote_painter import EngineAddress, RemotePainter
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.base import DrawingTask
from lumina.tasks.edit import Edit
from lumina.tasks.predict import Predict
from lumina.tasks.text_to_image import TextToImage
from tests.engines import Gated, Line, engine, process, remote, until
from tests.runtime.asking import request
from tests.runtime.test_wire import same
from tests.serving import free_port

FAKE = FakePipeline()


def asked(seed: int = 7, **changes: Any) -> DrawRequest:
    return request(FAKE, **{"width": 64, "height": 64, "seed": seed, "prompt": "a cone", **changes})


def candidates(is_halved: bool) -> tuple[DrawRequest, ...]:
    """Two batches, and a picture by itself that begins with rows of before."""
    scored = asked(7).candidates(4, "likelihood", 0, is_halved)
    kept = replace(asked(40, kept=[[9] * 8, [8] * 8]), batch=2)
    return (*scored, *asked(20).candidates(3, "likelihood", 1, is_halved), kept)


def without_seconds(drawing: Drawing) -> Drawing:
    return replace(drawing, seconds=0.0)


def alike(one: Drawing, other: Drawing) -> bool:
    return same(without_seconds(one), without_seconds(other)) and one.digest == other.digest


@pytest.fixture(scope="module")
def fake_engine() -> Iterator[str]:
    with engine(FAKE) as (url, _):
        yield url


def test_it_says_of_itself_what_the_painter_there_says(fake_engine: str) -> None:
    painter = remote(fake_engine)
    assert (painter.model, painter.device, painter.pixels_per_code) == ("tabletop@fake", "cpu", 8)
    assert painter.spec == replace(FAKE.spec, source="", transformer=None)
    painter.check_model("tabletop@fake")
    with pytest.raises(UnknownModel, match=r"asks for omni, but the engine at .* draws with tabletop@fake"):
        RemotePainter.connect(painter.settings, "omni")


@pytest.mark.parametrize("is_halved", [False, True], ids=["whole", "halved"])
def test_events_are_those_of_the_painter_there(fake_engine: str, is_halved: bool) -> None:
    here, there = (list(painter.draw(candidates(is_halved))) for painter in (FAKE, remote(fake_engine)))
    assert len(here) == len(there)
    for one, other in zip(here, there, strict=True):
        assert type(one) is type(other) and (one.index, one.done, one.total) == (
            other.index,
            other.done,
            other.total,
        )
        if isinstance(one, Finished) and isinstance(other, Finished):
            assert alike(one.drawing, other.drawing)
        elif isinstance(one, RowDrawn) and isinstance(other, RowDrawn):
            assert same(replace(one, seconds=0.0), replace(other, seconds=0.0))
        else:
            assert not isinstance(one, Begun | Scored) or same(one, other)


@pytest.mark.parametrize("breaks", [[0], [4], [3, 2, 0, 7], [30]])
@pytest.mark.parametrize("is_halved", [False, True], ids=["whole", "halved"])
def test_a_line_that_breaks_changes_nothing(fake_engine: str, is_halved: bool, breaks: list[int]) -> None:
    """Another engine goes on each time; nothing is told twice, and progress counts on."""
    requests, events = candidates(is_halved), list[DrawEvent]()
    with engine(FakePipeline()) as (other, _), Line([fake_engine, other], breaks) as line:
        steps = remote(line.url).draw(requests)
        drawings = yielded(steps, events)
    whole = finish(FAKE.draw(requests))
    assert line.connections == len(breaks) + 2  # one asked for the model
    assert all(alike(*both) for both in zip(drawings, whole, strict=True)) or differences(drawings, whole)
    told = Counter((type(event).__name__, event.index, getattr(event, "row", 0)) for event in events)
    assert set(told.values()) == {1}
    steps_told = [event.done for event in events if isinstance(event, RowDrawn | Scored)]
    assert steps_told == [*range(steps_told[0], events[-1].total + 1)]
    here = {event.index: event.score for event in FAKE.draw(requests) if isinstance(event, Scored)}
    assert {event.index: event.score for event in events if isinstance(event, Scored)} == here
    seen = PartialCodes()
    for event in events:
        seen.take(event)
    for index, (drawing, codes) in enumerate(zip(drawings, seen.all, strict=True)):
        assert (codes == drawing.codes).all()
        assert shown(events, index).tobytes() == drawing.image.tobytes()


def shown(events: Sequence[DrawEvent], index: int) -> Image.Image:
    """The previews of a picture on each other, as a page shows them."""
    begun = next(each for each in events if isinstance(each, Begun) and each.index == index)
    image = Image.new("RGB", (begun.width, begun.height), BACKGROUND)
    for event in (each for each in events if each.index == index):
        if isinstance(event, Begun | RowDrawn) and len(event.pixels):
            rows = len(event.kept) if isinstance(event, Begun) else event.row + len(event.codes)
            lower = rows * begun.height // begun.rows
            image.paste(Image.fromarray(event.pixels), (0, lower - len(event.pixels)))
    return image


def yielded(steps: Any, events: list[DrawEvent]) -> tuple[Drawing, ...]:
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            found: tuple[Drawing, ...] = end.value
            return found


def differences(drawings: Sequence[Drawing], whole: Sequence[Drawing]) -> bool:
    """After a break a picture has been begun twice; everything else is as without."""
    for one, other in zip(drawings, whole, strict=True):
        assert one.prefills >= other.prefills
        assert alike(replace(one, prefills=other.prefills), other)
    return True


def test_it_is_given_up_after_a_while(fake_engine: str) -> None:
    with Line([fake_engine], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]) as line:
        painter = remote(line.url, patience=0.5)
        events = painter.draw([asked()])
        assert sum(isinstance(next(events), RowDrawn) for _ in range(3)) == 2
        line.__exit__()
        with pytest.raises(ModelError, match="cannot be reached; start it there, or correct LUMINA_ENGINE"):
            list(events)


def test_whoever_leaves_at_row_5_stops_the_drawing_within_one_step() -> None:
    with engine(gated := Gated()) as (url, server):
        steps = remote(url).draw([asked(), asked(8)])
        gated.may.release(5)
        assert [isinstance(event, RowDrawn) for event in islice(steps, 7)].count(True) == 5
        steps.close()
        until(lambda: server.under_way == 0)
        gated.may.release(100)
        until(lambda: gated.ends == 1)
        assert gated.rows <= 6


def test_a_hundred_streams_at_once_and_none_is_lost_or_mixed_up() -> None:
    with engine(gated := Gated()) as (url, server), ThreadPoolExecutor(100) as crowd:
        painter, together = remote(url), Barrier(100)

        def draw(seed: int) -> str:
            together.wait(60)
            (drawing,) = finish(painter.draw([asked(seed)]))
            return drawing.digest

        drawn = [crowd.submit(draw, seed) for seed in range(100)]
        until(lambda: server.under_way == 100)
        gated.may.release(100 * 8)
        found = [each.result(60) for each in drawn]
    assert found == [finish(FAKE.draw([asked(seed)]))[0].digest for seed in range(100)]
    assert gated.ends == 100


def test_an_engine_that_is_being_restarted_hands_over_to_the_next(fake_engine: str) -> None:
    with engine(gated := Gated()) as (url, server), Line([url, url, fake_engine], []) as line:
        steps = remote(line.url).draw([asked()])
        gated.may.release(3)
        events = [*islice(steps, 4)]
        server.close()
        gated.may.release(1)
        (drawing,) = yielded(steps, events)
    assert [event.row for event in events if isinstance(event, RowDrawn)] == [*range(8)]
    assert drawing.digest == finish(FAKE.draw([asked()]))[0].digest and gated.rows == 4


def test_a_killed_engine_and_the_next_at_its_port_draw_one_picture() -> None:
    port, events = free_port(), list[DrawEvent]()
    with process(port, 0.05) as first:
        painter = remote(f"http://127.0.0.1:{port}")
        steps = painter.draw(requests := candidates(True))
        while sum(isinstance(event, RowDrawn) for event in events) < 9:
            events.append(next(steps))
        first.send_signal(signal.SIGKILL)
        first.wait()
    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(yielded, steps, events)
        with process(port):
            drawings = drawing.result(60)
    whole = finish(FAKE.draw(requests))
    assert [each.digest for each in drawings] == [each.digest for each in whole]
    rows = [(event.index, event.row) for event in events if isinstance(event, RowDrawn)]
    assert len(rows) == len(set(rows))


def test_sigterm_ends_streams_at_their_next_row() -> None:
    port = free_port()
    with process(port, 0.3) as child:
        sent = wire.DrawMessage.written([asked()], "", "none")
        headers = {"content-type": "application/json"}
        place = f"http://127.0.0.1:{port}/draw"
        with httpx.stream("POST", place, content=sent, headers=headers, timeout=60) as answer:
            lines = answer.iter_lines()
            while next(lines) != "event: row":
                pass
            child.send_signal(signal.SIGTERM)
            names = [line for line in lines if line.startswith("event: ")]
        assert names[-1] == "event: closing" and "event: finished" not in names
        assert child.wait(30) == 143


def error_of(answers: Any) -> LuminaError:
    """What an engine that answers so is worth to whoever draws."""
    with httpx.Client(transport=httpx.MockTransport(answers), base_url="http://engine") as client:
        address = EngineAddress("http://engine")
        address.__dict__["_client"] = client
        with pytest.raises(LuminaError) as caught:
            address.model()
        return caught.value


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (200, {"protocol": 7}, "speaks version 7 of the protocol, and this program version 1"),
        (200, {"status": "ok"}, "There is no engine of Lumina Studio at http://engine"),
        (200, {"protocol": 1}, "There is no engine"),
        (404, {"detail": "Not Found"}, "There is no engine"),
        (401, {"error": "…"}, "does not know this token; set LUMINA_TOKEN"),
        (503, {"error": "This engine is full."}, "This engine is full"),
        (502, None, "answers with 502"),
        (500, None, "answers with 500"),
        (500, {"error": "It failed."}, "It failed"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(status: int, content: Any, said: str) -> None:
    error = error_of(lambda _: httpx.Response(status, json=content) if content else httpx.Response(status))
    assert re.search(said, str(error)) and str(error).endswith(".")
    assert isinstance(error, InputError) or said == "It failed"


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"cannot be reached; start it there, or correct LUMINA_ENGINE\.$"):
        remote(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
def test_no_proxy_comes_between_it_and_an_engine_that_is_near(
    variable: str, fake_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_proxies(monkeypatch)
    monkeypatch.setenv(variable, f"http://127.0.0.1:{free_port()}")
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **options: look_up(
            "127.0.0.1" if host in ("studio.test", b"studio.test") else host, *more, **options
        ),
    )
    for host in ("127.0.0.1", "studio.test"):
        assert remote(fake_engine.replace("127.0.0.1", host)).model == "tabletop@fake"


def test_a_proxy_that_stands_before_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies(monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", nothing_known(socket.getaddrinfo))
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    for host in ("engine.test", "[2a00:1450::1]"):
        with pytest.raises(InputError) as caught:
            remote(f"http://{host}:8100")
        assert str(caught.value) == (
            f"The engine at http://{host}:8100 cannot be reached through the proxy of http_proxy; "
            f"add {host.strip('[]')} to NO_PROXY, start it there, or correct LUMINA_ENGINE."
        )
    error = error_of(lambda _: httpx.Response(502))
    assert str(error).endswith("answers with 502 through the proxy of http_proxy; add engine to NO_PROXY.")


def test_a_proxy_that_cannot_be_used_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies(monkeypatch)
    monkeypatch.setattr(socket, "getaddrinfo", nothing_known(socket.getaddrinfo))
    monkeypatch.setenv("HTTP_PROXY", "no-scheme://proxy")
    with pytest.raises(InputError, match=r"The proxy that is set .* cannot be used"):
        remote("http://engine.test:8100")


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no proxy."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def nothing_known(look_up: Callable[..., Any]) -> Callable[..., Any]:
    """Looks up addresses, and knows no name."""

    def looked_up(host: str | bytes, *more: Any, **options: Any) -> Any:
        if b"engine" in os.fsencode(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *more, **options)

    return looked_up


def test_what_cannot_be_drawn_is_told_as_by_the_painter_there(fake_engine: str) -> None:
    painter = remote(fake_engine)
    with pytest.raises(InvalidSize, match="cannot draw 256x256"):
        painter.draw([asked(width=256, height=256)])
    with pytest.raises(InvalidSize, match="does not fit above 64x64"):
        finish(painter.draw([asked(given=(Image.new("RGB", (64, 96)),))]))
    with pytest.raises(InputError, match="stop row is 99"):
        finish(painter.draw([asked(stop_row=99)]))


GIVEN = Image.fromarray(np.random.default_rng(5).integers(0, 256, (96, 160, 3), dtype=np.uint8))
TASKS: dict[str, DrawingTask] = {
    "text to image": TextToImage(prompt="a red cube and a green cone", width=64, height=64, seed=3),
    "best of 4, halved": TextToImage(
        prompt="two cones", width=64, height=64, seed=4, best_of=4, halving=True
    ),
    "edit": Edit.model_validate({"image": GIVEN, "instruction": "make it blue", "seed": 5, "stop_row": 4}),
    "predict": Predict.model_validate({"image": GIVEN, "kind": "depth", "seed": 6, "stop_row": 4}),
}


@pytest.fixture(scope="module")
def embedded() -> Iterator[tuple[Painter, Painter]]:
    pipeline = Pipeline.load("tabletop", Settings())
    with engine(pipeline) as (url, _):
        yield pipeline, remote(url)


@pytest.mark.parametrize("name", TASKS)
def test_over_the_line_the_embedded_model_draws_what_it_draws_here(
    embedded: tuple[Painter, Painter], name: str
) -> None:
    here, there = (finish(TASKS[name].run(painter)).image[0] for painter in embedded)
    assert here.task == there.task and here.score == there.score
    for one, other in zip(here.candidates or (here,), there.candidates or (there,), strict=True):
        assert alike(one.drawing, other.drawing)


def test_the_embedded_model_goes_on_after_a_break(embedded: tuple[Painter, RemotePainter]) -> None:
    pipeline, painter = embedded
    with Line([painter.url], [5, 9]) as line:
        task = TASKS["best of 4, halved"]
        here, there = (finish(task.run(each)).image[0] for each in (pipeline, remote(line.url)))
    assert line.connections == 4
    assert [one.drawing.digest for one in here.candidates] == [one.drawing.digest for one in there.candidates]
    assert here.score == pytest.approx(there.score, abs=1e-4)
