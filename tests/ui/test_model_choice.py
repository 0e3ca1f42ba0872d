"""Choosing a model: what is offered, to whom, and that the page opens anew for it at the same address."""

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from lumina.errors import InputError
from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline
from lumina.settings import Settings
from lumina.ui import app
from lumina.ui.gallery import Archive
from lumina.ui.model_choice import ModelChoice, installed, is_public


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With the models that come along, and the folder of a finished download."""
    (tmp_path / "omni").mkdir()
    (tmp_path / "omni" / "manifest.json").write_text("{}")
    (tmp_path / "lumina-mgpt-2.0").mkdir()  # begun and not finished
    return Settings("tabletop", models=tmp_path)


def test_models_that_are_here_are_offered(settings: Settings, tmp_path: Path) -> None:
    names = ["tabletop", "stickers", "omni"]
    assert [spec.name for spec in installed(settings)] == names
    assert [spec.name for spec in ModelChoice(settings, is_public=False).offered] == names
    assert ModelChoice(settings, is_public=True).offered == []
    without = ModelChoice(Settings(models=tmp_path / "none"), is_public=False)
    assert [spec.name for spec in without.offered] == names[:2]


@pytest.mark.parametrize(
    ("share", "host", "surroundings", "expected"),
    [
        (False, None, {}, False),
        (False, "127.0.0.1", {}, False),
        (True, None, {}, True),
        (False, "0.0.0.0", {}, True),
        (False, None, {"GRADIO_SERVER_NAME": "0.0.0.0"}, True),
        (False, None, {"SPACE_ID": "someone/studio"}, True),
    ],
)
def test_a_page_is_public_where_others_can_open_it(
    monkeypatch: pytest.MonkeyPatch,
    share: bool,
    host: str | None,
    surroundings: dict[str, str],
    expected: bool,
) -> None:
    for name in ("SPACE_ID", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    assert is_public(share, host) is expected


def test_a_folder_is_told_from_the_shipped_model_of_its_world(settings: Settings, tmp_path: Path) -> None:
    spec = replace(spec_of("tabletop"), name="x", source=str(tmp_path / "x"))
    choice = ModelChoice(settings, is_public=False)
    choice.offered = [spec, *choice.offered]
    assert [label for label, _ in choice._labels()][:2] == ["Tabletop (x)", "Tabletop"]


def test_others_are_those_that_do_the_same(settings: Settings) -> None:
    choice = ModelChoice(settings, is_public=False)
    assert [spec.name for spec in choice.others("edit")] == ["omni"]
    assert choice.others("nothing") == [] == ModelChoice(settings, is_public=True).others("edit")


@pytest.mark.parametrize(("task", "names"), [("edit", ["Tabletop", "Lumina-mGPT 2.0 Omni"]), ("nothing", [])])
def test_a_task_that_the_model_has_not_learned_is_offered_by_those_that_have(
    settings: Settings, task: str, names: list[str]
) -> None:
    choice = ModelChoice(replace(settings, model="stickers"), is_public=False)
    at = choice.offered.index(choice.present)
    choice.present = choice.offered[at] = replace(choice.present, tasks=("text_to_image",))

    async def build() -> gr.Blocks:
        page = gr.Blocks(analytics_enabled=False)
        with page:
            choice.offer(task)
        return page

    page = asyncio.run(build())
    buttons = [block for block in page.blocks.values() if isinstance(block, gr.Button)]
    assert [button.value for button in buttons] == [f"Do it with {name}" for name in names]
    if buttons:
        asyncio.run(page.process_api(page.fns[0], []))
        assert choice.wait() == "tabletop"


def test_only_what_is_offered_can_be_chosen(settings: Settings) -> None:
    choice = ModelChoice(settings, is_public=False)
    with pytest.raises(gr.Error, match="not offered"):
        choice.choose("/etc")
    choice.choose("omni")
    assert choice.wait() == "omni"


class Page:
    """A page that is served nowhere."""

    server_port = 7861
    is_running = False

    def __init__(self, log: list[dict[str, Any]]) -> None:
        self.log = log
        self.files = SimpleNamespace(start=lambda: None, stop=lambda: None)

    def launch(self, **options: Any) -> None:
        self.log.append(options)

    def close(self, verbose: bool = True) -> None:
        self.log.append({"closed": True})


def test_the_page_opens_anew_for_the_chosen_model(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[dict[str, Any]] = []
    shown: list[str] = []
    galleries: list[Archive] = []

    def build(workshop: Any, settings: Settings, choice: ModelChoice, archive: Archive) -> Page:
        shown.append(settings.model)
        galleries.append(archive)
        if len(shown) == 1:
            choice.choose("omni")
        else:
            choice.offered = []  # so that the second page is the last one
        return Page(log)

    made: list[Archive] = []
    known = Archive.of

    def of(*given: Any) -> Archive:
        made.append(known(*given))
        return made[-1]

    monkeypatch.setattr(Archive, "of", of)
    monkeypatch.setattr(app, "build", build)
    monkeypatch.setattr(app, "check_address", lambda host, port: host)
    app.serve(settings, load=FakePipeline)
    assert shown == ["tabletop", "omni"]
    assert galleries == [made[0]] * 2 and len(made) == 1  # one gallery, which its routes show, too
    assert log[0]["prevent_thread_lock"]
    assert log[1] == {"closed": True}
    assert log[2]["server_port"] == 7861


def test_strangers_are_offered_no_other_model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[Any] = []

    def build(workshop: Any, settings: Settings, choice: ModelChoice, archive: Archive) -> Page:
        offered.extend(choice.offered)
        return Page([])

    monkeypatch.setattr(app, "build", build)
    app.serve(settings, load=FakePipeline, server_name="0.0.0.0")
    assert offered == []


def test_an_address_that_is_taken_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken(Page):
        def launch(self, **options: Any) -> None:
            raise OSError("Cannot find empty port in range: 7860-7860.")

    monkeypatch.setattr(app, "build", lambda *_: Taken([]))
    with pytest.raises(InputError, match="choose another host or port"):
        app.serve(load=FakePipeline)
