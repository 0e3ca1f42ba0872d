"""The seconds of a run are told once there is something to tell them by."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest

from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.server.cost import size_of
from lumina.server.workshop import Workshop
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.price import Price


@pytest.fixture
def workshop() -> Workshop:
    made = Workshop(lambda: FakePipeline(row_seconds=0.005))
    made.open()
    assert made.wait(10)
    return made


def priced(workshop: Workshop) -> Price:
    async def build() -> Price:
        with gr.Blocks(analytics_enabled=False):
            return Price(TextToImage, workshop, MODELS["tabletop"])

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(build())).result()


def seconds(line: str) -> int:
    found = re.fullmatch(r"<p>\d+ pictures?, about (\d+) s of drawing</p>", line)
    assert found, line
    return int(found[1])


def test_nothing_is_told_before_the_first_drawing(workshop: Workshop) -> None:
    assert priced(workshop).told() == ""
    assert priced(Workshop(FakePipeline)).told() == ""  # the model is still loading


def test_more_pictures_and_larger_ones_cost_more(workshop: Workshop) -> None:
    workshop.cost.note(TextToImage(prompt="x").resolved(workshop).requests(workshop), 2.0)
    price = priced(workshop)
    assert seconds(price.told()) == seconds(price.told("128 × 128", 1, 1)) == 2
    assert seconds(price.told("128 × 128", 4, 1)) == seconds(price.told("128 × 128", 2, 2)) == 8
    assert seconds(price.told("128 × 128", 2, 2)) > seconds(price.told("96 × 160", 1, 1))
    assert seconds(price.told("nonsense", None, "x")) == 2


def test_halved_candidates_cost_less(workshop: Workshop) -> None:
    task = TextToImage(prompt="x", best_of=8, halving=True).resolved(workshop)
    whole = size_of(task.model_copy(update={"halving": False}).requests(workshop))
    assert size_of(task.requests(workshop)) == 0.59375 * whole
    workshop.cost.note(task.requests(workshop), 19.0)
    price = priced(workshop)
    assert seconds(price.told("128 × 128", 1, 8, True)) == 19
    assert seconds(price.told("128 × 128", 1, 8, False)) == 32


def test_what_is_drawn_tells_the_next(workshop: Workshop) -> None:
    price = priced(workshop)
    finish(TextToImage(prompt="a red cube").run(workshop))
    assert seconds(price.told()) == 1
