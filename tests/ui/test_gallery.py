"""What a visitor finishes is kept with its recipe, found again after a restart, and nobody else's."""

import asyncio
import random
import re
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from lumina import images
from lumina.errors import InputError, LuminaError
from lumina.images import png_bytes
from lumina.runtime.fake import FakePipeline
from lumina.server.gallery import key_of
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.drawing_stream import DrawingStream, kept
from lumina.ui.gallery import LOCAL, ON_SPACE, Archive, GalleryTab, card_of, drawing_in, way_of
from lumina.ui.run_results import RunResults
from lumina.ui.sessions import Sessions
from lumina.workflow.events import NodeDone, RunFinished
from lumina.workflow.executor import run
from lumina.workflow.files import result_files
from lumina.workflow.schema import load

ANNA, BORIS = "a" * 32, "b" * 32
WORKFLOW = """{"lumina": 1, "title": "Lines of a cube", "nodes": {
  "draft": {"task": "text_to_image", "inputs": {"prompt": "a red cube", "seed": 4}},
  "lines": {"task": "edges", "inputs": {"image": {"from": "draft.image"}}}}}"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.of(Settings(results=tmp_path))


def opened() -> Workshop:
    workshop = Workshop(FakePipeline)
    workshop.open()
    assert workshop.wait(10)
    return workshop


def built(archive: Archive) -> GalleryTab:
    async def build() -> GalleryTab:
        with gr.Blocks(analytics_enabled=False):
            return GalleryTab(archive, ["text_to_image"])

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(build())).result()


def draw(archive: Archive, visitor: Any, steps: int | None = None, **inputs: Any) -> None:
    workshop = opened()
    sessions = Sessions(workshop, archive.store)
    drawing = kept(DrawingStream(workshop).new(TextToImage(**inputs)), partial(sessions.finished, visitor))
    for number, _ in enumerate(drawing):
        if number == steps:
            drawing.close()


def test_finished_pictures_are_kept_newest_first_and_survive_a_restart(
    archive: Archive, tmp_path: Path
) -> None:
    draw(archive, ANNA, prompt="a red cube", seed=1)
    draw(archive, ANNA, prompt="two blue cones", seed=2, variations=2)
    again = Archive.of(Settings(results=tmp_path))
    titles = [card_of(each).title for each in again.listed(ANNA, "", 10)]
    assert titles == ["two blue cones", "two blue cones", "a red cube"]
    (found,) = again.listed(ANNA, "CUBE red", 10)
    png = again.png(ANNA, found.id)
    assert images.read_recipe(png) == again.recipe(ANNA, found.id) == found.recipe
    assert drawing_in(load(found.recipe)) == "text_to_image"


def test_a_pair_is_taken_up_in_create_if_the_model_draws_pairs() -> None:
    recipe = """{"lumina": 1, "nodes": {"image_pair": {"task": "image_pair",
      "inputs": {"prompt": "a red cube", "kind": "depth", "seed": 1}}}}"""
    assert way_of(b"png", recipe, ["text_to_image", "image_pair"])[1] == "text_to_image"
    with pytest.raises(InputError, match="cannot do this: Image pair"):
        way_of(b"png", recipe, ["text_to_image"])


def test_a_picture_of_a_list_of_values_is_taken_up_as_a_workflow() -> None:
    recipe = """{"lumina": 1, "nodes": {"a": {"task": "text_to_image",
      "inputs": {"prompt": "a red cube", "seed": [3, 4]}}}}"""
    assert way_of(b"png", recipe, ["text_to_image"]) == ({"text": recipe}, "")


def test_a_stopped_picture_is_not_kept(archive: Archive) -> None:
    draw(archive, ANNA, steps=5, prompt="a red cube", seed=1)
    assert archive.listed(ANNA, "", 10) == []


def test_what_was_finished_before_a_stop_is_kept(archive: Archive) -> None:
    draw(archive, ANNA, steps=20, prompt="a red cube", seed=1, variations=2)
    (found,) = archive.listed(ANNA, "", 10)
    assert load(found.recipe).nodes["text_to_image"].inputs["seed"] == 1


def test_of_what_follows_one_drawing_the_last_picture_stays(archive: Archive) -> None:
    assert archive.store is not None
    sessions = Sessions(opened(), archive.store)
    pngs = [
        png_bytes(Image.new("RGB", (16, 16), colour), "{}") for colour in ("red", "blue", "green", "grey")
    ]
    red, blue, green, grey = map(key_of, pngs)

    def kept_after(at: int, series: str) -> set[str]:
        sessions.finished(ANNA, pngs[at : at + 1], series)
        return {each.id for each in archive.listed(ANNA, "", 10)}

    assert kept_after(0, "one") == {red}
    assert kept_after(1, "one") == {blue}  # also where the page was never told of the red one
    assert kept_after(1, "one") == {blue}
    assert kept_after(2, "other") == {blue, green}
    archive.star(ANNA, blue, True)
    assert kept_after(0, "one") == {blue, green, red}
    assert kept_after(3, "") == {blue, green, red, grey}
    assert kept_after(3, "one") == {blue, green, grey}  # drawn by itself before, and so it stays
    assert kept_after(0, "one") == {blue, green, grey, red}


def test_nobody_sees_or_deletes_anothers_and_without_a_name_nothing_is_kept(archive: Archive) -> None:
    for visitor in (ANNA, "", None, "A" * 32):
        draw(archive, visitor, prompt="a red cube", seed=1)
    (found,) = archive.listed(ANNA, "", 10)
    for other in (BORIS, "", None, {"a": 1}):
        assert archive.listed(other, "", 10) == [] and archive.recipe(other, found.id) == ""
        archive.delete(other, found.id)
    archive.delete(ANNA, "no such picture")
    assert len(archive.listed(ANNA, "", 10)) == 1
    archive.delete(ANNA, found.id)
    assert archive.listed(ANNA, "", 10) == []


def test_the_result_of_a_workflow_restores_the_workflow_and_is_an_input_again(archive: Archive) -> None:
    sessions = Sessions(opened(), archive.store)
    events = run(load(WORKFLOW), sessions.resources(ANNA))
    (finished,) = [event for event in events if isinstance(event, RunFinished)]
    sessions.finished(ANNA, [png for values in result_files(finished).values() for png in values])
    (found,) = archive.listed(ANNA, "", 10)
    assert card_of(found).title == "Lines of a cube"
    workflow = load(found.recipe)
    assert drawing_in(workflow) is None and list(workflow.nodes) == ["draft", "lines"]
    digest = images.digest_of(images.open_image(archive.png(ANNA, found.id)))
    assert any(image_source.find(digest) for image_source in sessions.resources(ANNA).image_sources)
    assert not any(image_source.find(digest) for image_source in sessions.resources(BORIS).image_sources)


TWO = """{"lumina": 1, "outputs": {"a": {"from": "a.image"}, "b": {"from": "b.image"}}, "nodes": {
  "a": {"task": "text_to_image", "inputs": {"prompt": "a red cube", "seed": 4}},
  "b": {"task": "text_to_image", "inputs": {"prompt": "a blue cone", "seed": 4}}}}"""


@pytest.mark.parametrize("ending", ["closed", "finished"])
def test_a_run_keeps_each_result_as_soon_as_it_is_there_and_once(archive: Archive, ending: str) -> None:
    sessions, results = Sessions(opened(), archive.store), RunResults(None)
    with closing(run(load(TWO), sessions.resources(ANNA))) as happening:
        for event in happening:
            sessions.finished(ANNA, results.take(event))
            if ending == "closed" and isinstance(event, NodeDone):
                break
    found = archive.listed(ANNA, "", 10)
    assert len(found) == (1 if ending == "closed" else 2)
    assert {"a red cube", "a blue cone"} <= {*re.findall('"prompt": "(.*?)"', found[0].recipe)}


def test_a_result_over_the_size_of_an_upload_is_kept(archive: Archive) -> None:
    noise = Image.frombytes("RGB", (3000, 2400), random.Random(0).randbytes(3000 * 2400 * 3))
    large = images.png_bytes(noise, TWO)
    assert len(large) > images.MAX_BYTES
    Sessions(opened(), archive.store).finished(ANNA, [large])
    (found,) = archive.listed(ANNA, "cube", 10)
    assert archive.png(ANNA, found.id) == large


def test_every_answer_says_what_it_is_to(archive: Archive) -> None:
    draw(archive, ANNA, prompt="a red cube", seed=1)
    draw(archive, ANNA, prompt="a blue cone", seed=2)
    tab = built(archive)
    cards = tab._look(gr.EventData(None, {"visitor": ANNA, "words": "cube", "ticket": "4"})).props["shown"]
    assert (cards["ticket"], len(cards["cards"])) == ("4", 1)


def test_a_space_says_how_long_it_keeps_and_keeps_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local, space = (Archive.of(Settings(results=tmp_path), name) for name in ("", "someone/studio"))
    assert (local.promise, space.promise) == (LOCAL, ON_SPACE)
    draw(space, ANNA, prompt="a red cube", seed=1)
    assert len(space.listed(ANNA, "", 10)) == 1
    tomorrow = time.time() + 24.1 * 3600
    monkeypatch.setattr("lumina.server.gallery.time.time", lambda: tomorrow)
    assert space.listed(ANNA, "", 10) == []


def test_without_a_folder_the_studio_works_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    archive = Archive.of(Settings(results=tmp_path / "file"))
    with pytest.warns(UserWarning, match="This picture is not kept"):
        draw(archive, ANNA, prompt="a red cube", seed=1)
    with pytest.raises(LuminaError, match="cannot be written to; choose another"):
        archive.listed(ANNA, "", 10)
    shown = built(archive)._shown({"visitor": ANNA})
    assert "cannot be written to" in shown["message"] and not shown.get("promise")


def test_nothing_is_promised_while_new_pictures_are_not_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> tuple[str, str]:
        cards = tab._shown({"visitor": ANNA})
        return cards.get("message", ""), cards.get("promise", "")

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    tab = built(archive)
    assert shown() == ("", LOCAL)
    with monkeypatch.context() as patched, pytest.warns(UserWarning, match="is not kept"):
        patched.setattr(archive.store, "_make_room", refuse)
        draw(archive, ANNA, prompt="a red cube", seed=1)
    message, promise = shown()
    assert message.startswith("New pictures are not kept") and "its disk is full" in message and not promise
    draw(archive, ANNA, prompt="a red cube", seed=2)
    assert shown() == ("", LOCAL)


def test_a_person_is_told_when_a_picture_is_not_kept(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(visitor: str, png: bytes) -> str:
        raise LuminaError("The gallery cannot be read or written: its disk is full.")

    assert archive.store is not None
    monkeypatch.setattr(archive.store, "keep", full)
    with pytest.warns(UserWarning, match="This picture is not kept; download it .* its disk is full"):
        draw(archive, ANNA, prompt="a red cube", seed=1)
    assert "its disk is full" in caplog.text and "Traceback" not in caplog.text


def test_one_picture_that_cannot_be_kept_keeps_no_other_from_it(archive: Archive) -> None:
    good = images.png_bytes(Image.new("RGB", (32, 32)), TWO)
    with pytest.warns(UserWarning, match="is not kept"):
        Sessions(opened(), archive.store).finished(ANNA, [b"no picture", good])
    assert len(archive.listed(ANNA, "", 10)) == 1
