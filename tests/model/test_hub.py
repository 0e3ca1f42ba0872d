"""Published models: found where they are, fetched with progress, resumed, checked, or named."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lumina.errors import CheckpointMismatch, InputError, LuminaError, ModelError
from lumina.model.checkpoint import MANIFEST, fetch, hub, locate, verify
from lumina.model.checkpoint.hub import Place
from lumina.model.config import MODELS, ModelSpec, spec_of
from lumina.steps import finish
from tests.model.hub_server import COMMIT, Hub, serving
from tests.tiny import write_tiny_model

SPEC = replace(
    MODELS["omni"],
    name="tiny",
    title="Tiny",
    source="someone/model",
    movqgan_source="other/pictures/movqgan.safetensors",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    (folder / MANIFEST).unlink()
    (folder / "picture.png").write_bytes(b"not wanted")
    return folder


@pytest.fixture
def server(tiny: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "LOOK", 0.005)
    with serving({"someone/model": tiny, "other/pictures": tiny}) as running:
        monkeypatch.setattr(hub, "ENDPOINT", running.url)
        yield running


def test_a_download_is_whole_and_remembers_where_it_came_from(
    server: Hub, tiny: Path, tmp_path: Path
) -> None:
    steps = fetch(SPEC, tmp_path)
    units = []
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            place = stop.value
            break
        units.append(step.unit)
        assert 0 <= step.done <= step.total
    assert {"MB", "files checked"} == set(units)
    assert place.folder == tmp_path / "tiny"
    assert place.revision == COMMIT[:8]
    assert (place.folder / "model.safetensors").read_bytes() == (tiny / "model.safetensors").read_bytes()
    assert (place.movqgan / "movqgan.safetensors").exists()
    assert not (place.folder / "picture.png").exists()
    assert set(json.loads((place.folder / MANIFEST).read_text())["files"]) >= {
        "config.json",
        "model.safetensors",
        "origin.json",
    }
    verify(place.folder)
    assert locate(SPEC, tmp_path) == place


def test_what_is_here_is_not_fetched_again(server: Hub, tmp_path: Path) -> None:
    finish(fetch(SPEC, tmp_path))
    server.asked.clear()
    assert list(fetch(SPEC, tmp_path)) == []
    assert server.asked == []


def test_two_models_share_one_picture_tokenizer(server: Hub, tmp_path: Path) -> None:
    finish(fetch(SPEC, tmp_path))
    server.asked.clear()
    finish(fetch(replace(SPEC, name="second"), tmp_path))
    assert not [path for _, path, _ in server.asked if "pictures" in path]


def test_a_broken_line_goes_on_where_it_stopped(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)
    server.broken = 10_000
    try:
        finish(fetch(SPEC, tmp_path))
    except ModelError as error:
        assert "try again" in str(error)
        finish(fetch(SPEC, tmp_path))
    assert any(span.startswith("bytes=") and span != "bytes=0-" for _, _, span in server.asked)
    verify(locate(SPEC, tmp_path).folder)


def test_closing_leaves_the_rest_for_later(server: Hub, tmp_path: Path) -> None:
    steps = fetch(SPEC, tmp_path)
    next(steps)
    steps.close()
    with pytest.raises(CheckpointMismatch, match="lumina download tiny"):
        locate(SPEC, tmp_path)
    finish(fetch(SPEC, tmp_path))


def ranges(server: Hub, name: str) -> list[str]:
    """What was asked for of a file, "" for all of it."""
    return [span for method, path, span in server.asked if method == "GET" and path.endswith(name)]


def test_another_process_goes_on_where_one_was_broken_off(
    server: Hub, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)
    whole = (tiny / "model.safetensors").read_bytes()
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / f"model.safetensors.{COMMIT[:12]}.part").write_bytes(
        whole[:5000]
    )  # as a killed process leaves it
    finish(fetch(SPEC, tmp_path))
    assert ranges(server, "/model.safetensors") == ["bytes=5000-"]
    assert (folder / "model.safetensors").read_bytes() == whole
    verify(folder)
    assert not list(folder.glob("*.part"))


def test_what_was_stopped_is_not_fetched_twice(
    server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)

    class Stopped(hub._Meter):
        cancelled = property(lambda self: self.done > 5000, lambda self, value: None)  # type: ignore[assignment]

    with monkeypatch.context() as patch, suppress(OSError):
        patch.setattr(hub, "_Meter", Stopped)
        finish(fetch(SPEC, tmp_path))
    (begun,) = (tmp_path / "tiny").glob("model.safetensors.*.part")
    size = begun.stat().st_size
    assert size > 0 and size % 1000 == 0
    finish(fetch(SPEC, tmp_path))
    assert ranges(server, "/model.safetensors") == ["", f"bytes={size}-"]


def test_a_folder_that_cannot_be_written_to_is_one_sentence(server: Hub, tmp_path: Path) -> None:
    (tmp_path / "tiny").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="tiny"):
        finish(fetch(SPEC, tmp_path))


def test_two_at_once_fetch_each_file_once(server: Hub, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(lambda _: finish(fetch(SPEC, tmp_path)), range(2)))
    assert places[0] == places[1]
    verify(places[0].folder)
    asked = [path for method, path, _ in server.asked if method == "GET" and "/resolve/" in path]
    assert len(asked) == len(set(asked))


def test_of_another_commit_only_what_differs_is_fetched(server: Hub, tmp_path: Path) -> None:
    finish(fetch(SPEC, tmp_path))
    folder = tmp_path / "tiny"
    (folder / "origin.json").write_text('{"revision": "another"}')
    (folder / "config.json").write_bytes(b"x" * (folder / "config.json").stat().st_size)
    server.asked.clear()
    finish(fetch(SPEC, tmp_path, COMMIT))
    assert [path.rpartition("/")[2] for _, path, _ in server.asked if "/resolve/" in path] == ["config.json"]


def test_a_file_of_another_sha256_is_refused(server: Hub, tmp_path: Path) -> None:
    server.spoiled = True
    with pytest.raises(ModelError, match="damaged on its way"):
        finish(fetch(SPEC, tmp_path))
    with pytest.raises(CheckpointMismatch):
        locate(SPEC, tmp_path)


def test_a_commit_can_be_asked_for_and_is_kept(server: Hub, tmp_path: Path) -> None:
    finish(fetch(SPEC, tmp_path, "abc123"))
    assert any("/revision/abc123" in path for _, path, _ in server.asked)
    (tmp_path / "tiny" / MANIFEST).unlink()  # as after a download that was broken off
    server.asked.clear()
    finish(fetch(SPEC, tmp_path))
    assert any(f"/revision/{COMMIT}" in path for _, path, _ in server.asked)


@pytest.mark.parametrize("spec", [SPEC, replace(SPEC, source="nobody/nothing")])
def test_without_a_network_or_a_repository(
    spec: ModelSpec, server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if spec is SPEC:
        monkeypatch.setattr(hub, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(LuminaError) as error:
        finish(fetch(spec, tmp_path))
    assert "\n" not in str(error.value)
    assert "--model" in str(error.value)


def test_offline_is_honoured(server: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "is_offline_mode", lambda: True)
    with pytest.raises(InputError, match="HF_HUB_OFFLINE"):
        finish(fetch(SPEC, tmp_path))
    assert server.asked == []


def test_the_hub_librarys_own_cache_is_used(server: Hub, tiny: Path, tmp_path: Path) -> None:
    for repository in ("models--someone--model", "models--other--pictures"):
        snapshot = tmp_path / "cache" / repository / "snapshots" / COMMIT
        snapshot.mkdir(parents=True)
        for path in tiny.iterdir():
            (snapshot / path.name).symlink_to(path)
        (tmp_path / "cache" / repository / "refs").mkdir()
        (tmp_path / "cache" / repository / "refs" / "main").write_text(COMMIT)
    place = locate(SPEC, tmp_path / "models")
    assert place.folder.name == COMMIT
    assert place.revision == COMMIT[:8]
    assert list(fetch(SPEC, tmp_path / "models")) == []


def test_a_folder_is_never_fetched(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    spec = spec_of(str(folder))  # taken for a copy of the published model
    with pytest.raises(CheckpointMismatch, match="holds no model"):
        finish(fetch(spec, tmp_path / "models"))
    (folder / "config.json").write_text("{}")
    (folder / "movqgan_270M.ckpt").write_bytes(b"")
    assert finish(fetch(spec, tmp_path / "models")) == Place(folder, folder)


def test_models_that_are_not_published(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="published"):
        locate(MODELS["lumina-2b"], tmp_path)
    with pytest.raises(InputError, match="not downloaded"):
        finish(fetch(MODELS["tabletop"], tmp_path))
