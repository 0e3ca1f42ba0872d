"""The one way to the model: loading behind the page, one task at a time, stopping, and ZeroGPU itself."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread

import gradio as gr
import pytest

from lumina.errors import InputError, InvalidSize, ModelError
from lumina.faults import SMALL_MEMORY
from lumina.runtime.events import Scored
from lumina.runtime.fake import FakePipeline
from lumina.server.cost import CostModel
from lumina.server.workshop import Workshop
from lumina.server.zerogpu import reservation
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from tests.runtime.asking import going_on

from .control_plane import ControlPlane

ROOT = Path(__file__).parents[2]
TASK = TextToImage(prompt="two red spheres", seed=3)


def test_it_runs_a_task_like_the_pipeline_itself(workshop: Workshop) -> None:
    pictures = finish(TASK.run(workshop))
    assert pictures.image[0].drawing.digest == finish(TASK.run(FakePipeline())).image[0].drawing.digest


def test_it_goes_on_from_rows_that_are_there(workshop: Workshop) -> None:
    whole = finish(TASK.run(workshop)).image[0].drawing
    (rest,) = going_on(TASK, workshop, whole.codes[:9])
    assert rest.drawing.digest == whole.digest and rest.drawing.forwards == 7


def test_it_opens_before_the_model_is_loaded() -> None:
    may_load = Event()

    def load() -> FakePipeline:
        may_load.wait(10)
        return FakePipeline()

    workshop = Workshop(load)
    workshop.open()
    assert not workshop.wait(0)
    with pytest.raises(ModelError, match="still loading"):
        finish(TASK.run(workshop))
    may_load.set()
    assert workshop.wait(10)
    assert workshop.painter.model == "tabletop@fake"


def test_what_zerogpu_refuses_is_said_in_its_words(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used_up(requests: object) -> Iterator[object]:
        raise gr.Error("You have used up your <a href='x'>GPU quota</a>. Try again in 0:10:00")
        yield

    monkeypatch.setattr(workshop, "_work", used_up)
    with pytest.raises(ModelError, match=r"^You have used up your GPU quota\. Try again in 0:10:00$"):
        finish(TASK.run(workshop))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ModelError("tokenizer.json is missing."), "tokenizer.json is missing."),
        (MemoryError(), SMALL_MEMORY),
        (ValueError("secret detail"), "The model could not be loaded; the log of the server says why."),
    ],
)
def test_a_model_that_does_not_load_says_so_in_one_sentence(error: Exception, sentence: str) -> None:
    def fail() -> FakePipeline:
        raise error

    workshop = Workshop(fail)
    workshop.open()
    assert workshop.wait(10)
    with pytest.raises(ModelError) as caught:
        finish(TASK.run(workshop))
    assert str(caught.value) == sentence


def test_what_cannot_be_drawn_is_an_input_error(workshop: Workshop) -> None:
    with pytest.raises(InputError, match="cannot draw 64x1024"):
        finish(TASK.model_copy(update={"width": 64, "height": 1024}).run(workshop))
    with pytest.raises(InvalidSize):
        finish(TASK.model_copy(update={"width": 64, "height": 1024}).run(FakePipeline()))


def test_closing_stops_the_work_and_frees_the_model(workshop: Workshop) -> None:
    steps = TASK.run(workshop)
    assert [next(steps).done for _ in range(2)] == [0, 1]
    steps.close()
    assert finish(TASK.run(workshop)).image[0].drawing.is_complete


class OutOfMemoryError(RuntimeError):
    """As torch calls it."""


@pytest.mark.parametrize("kind", [MemoryError, OutOfMemoryError])
def test_out_of_memory_is_one_sentence_with_advice_and_the_next_works(
    workshop: Workshop, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(self: FakePipeline, requests: object) -> Iterator[object]:
        yield Scored(done=0, total=16, index=0, score=0.5)
        raise kind("a red cube")

    with monkeypatch.context() as patched, pytest.raises(ModelError, match="ask for a smaller picture"):
        patched.setattr(FakePipeline, "draw", draw)
        finish(TASK.run(workshop))
    assert finish(TASK.run(workshop)).image[0].drawing.is_complete


def test_a_studio_that_is_closed_ends_what_it_draws_with_a_sentence(workshop: Workshop) -> None:
    steps = TASK.run(workshop)
    next(steps)
    workshop.close()
    with pytest.raises(ModelError, match="is being restarted; what is drawn is kept"):
        next(steps)
    with pytest.raises(ModelError, match="is being restarted"):
        finish(TASK.run(workshop))


def test_a_second_task_waits_for_the_first(workshop: Workshop) -> None:
    first = TASK.run(workshop)
    next(first)
    done: list[str] = []

    def other() -> None:
        finish(TASK.run(workshop))
        done.append("second")

    thread = Thread(target=other)
    thread.start()
    finish(first)
    done.append("first")
    thread.join(10)
    assert sorted(done) == ["first", "second"]


def test_time_is_reserved_for_every_picture_that_is_drawn() -> None:
    fake = FakePipeline()
    many = TASK.model_copy(update={"variations": 2, "best_of": 3})
    cost = CostModel()
    one, six = (task.resolved(fake).requests(fake) for task in (TASK, many))
    assert [reservation(cost, requests) for requests in (one, six)] == [30, 180]
    cost.note(one, 12.0)
    assert [reservation(cost, requests) for requests in (one, six)] == [18, 108]
    cost.note(six, 20.0)  # side by side
    assert [reservation(cost, requests) for requests in (one, six)] == [18, 30]
    cost.note(one, 500.0)
    assert reservation(cost, one) == 30


def test_what_a_drawing_took_is_learned_from_it(workshop: Workshop) -> None:
    fake = FakePipeline()
    requests = TASK.resolved(fake).requests(fake)
    assert workshop.cost.of(requests) is None
    finish(TASK.run(workshop))
    assert workshop.cost.of(requests) is not None
    assert workshop.cost.seconds(16, 1) is not None and workshop.cost.seconds(0, 1) is None


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    made = ControlPlane()
    yield made
    made.close()


@pytest.mark.skipif(find_spec("spaces") is None, reason="the package spaces is not installed")
def test_on_zerogpu_it_draws_through_the_real_spaces_package(plane: ControlPlane, tmp_path: Path) -> None:
    """In a process of its own. The GPU is given back after a stop and after an error, too."""
    surroundings = os.environ | {
        "SPACES_ZERO_GPU": "1",
        "SPACES_ZERO_DEVICE_API_URL": plane.url,
        "ZEROGPU_OFFLOAD_DIR": str(tmp_path),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
    }
    # without torch, so that ``spaces`` leaves CUDA alone
    code = "import runpy, sys; sys.modules['torch'] = None; runpy.run_path(sys.argv[1])"
    app = Path(__file__).with_name("zerogpu_app.py")
    done = subprocess.run(
        [sys.executable, "-c", code, str(app)], env=surroundings, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["on"] and told["ready"]
    assert told["rows"] == list(range(1, 17))
    assert told["digest"] == finish(TASK.run(FakePipeline())).image[0].drawing.digest
    assert told["before_stop"] == 1
    assert told["kind"] == "InvalidSize" and "cannot draw 64x1024" in told["refused"]
    assert plane.names().count("schedule") == 2
    assert plane.names().count("release") == 2
    assert plane.calls[0][1]["durationSeconds"] == "30"
