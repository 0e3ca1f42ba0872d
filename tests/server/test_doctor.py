"""The doctor examines machines as they are, says what to change, and never breaks down itself."""

import errno
import os
import sqlite3
import tempfile
from collections import namedtuple
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lumina.errors import InputError
from lumina.faults import SMALL_MEMORY
from lumina.server import doctor, gallery_schema
from lumina.server.gallery_schema import COLUMNS, TABLE

WHOLE = doctor._model


def found(name: str) -> str:
    """What the doctor finds wrong."""
    item = doctor.examine()[name]
    assert not item["ok"], item
    return str(item["found"])


def fine(name: str) -> str:
    """What the doctor finds in order."""
    item = doctor.examine()[name]
    assert item["ok"], item
    return str(item["found"])


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which all is well, and where the model is not read again for every test."""
    for name in ("GRADIO_TEMP_DIR", "TMPDIR", "TEMP", "TMP", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("LUMINA_RESULTS", str(tmp_path / "results"))
    monkeypatch.setenv("LUMINA_OUTPUTS", str(tmp_path / "pictures"))
    monkeypatch.setattr(doctor, "_model", lambda: "whole")
    monkeypatch.setattr(doctor, "_torch", lambda: "here")
    monkeypatch.setattr(tempfile, "tempdir", None)  # asked for anew
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / "results").mkdir()
    return tmp_path / "results"


def test_a_healthy_machine_is_in_order() -> None:
    assert all(item["ok"] for item in doctor.examine().values())


def test_every_wrong_setting_is_named_once_and_the_rest_is_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"DTYPE": "float8", "SECONDS_EACH": "10min", "METRICS": "some", "CONTENT": "maybe"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"LUMINA_{name}", value)
    faults = [name for name, item in doctor.examine().items() if not item["ok"]]
    assert faults == ["settings"]
    assert [found("settings").count(f"LUMINA_{name} must be") for name in wrong] == [1, 1, 1, 1]
    assert "free" in fine("pictures")
    monkeypatch.setenv("LUMINA_RESULT", "elsewhere")
    assert "LUMINA_RESULT is no setting; did you mean LUMINA_RESULTS?" in found("settings")
    monkeypatch.setenv("LUMINA_RESULTS", "http://x/y")
    monkeypatch.setenv("GRADIO_TEMP_DIR", "http://x/z")
    for name in ("LUMINA_RESULTS", "GRADIO_TEMP_DIR"):
        assert found("settings").count(f"{name}: http://x/") == 1
    assert "free" in fine("results") and "free" in fine("temporary files")
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    monkeypatch.setenv("GRADIO_SERVER_PORT", "many")
    assert "GRADIO_SERVER_PORT must be a whole number" in found("settings")
    monkeypatch.delenv("GRADIO_SERVER_PORT")
    monkeypatch.setenv("GRADIO_SERVER_NAME", f"http://{'x' * 64}")  # a name that nobody has to be asked for
    assert "GRADIO_SERVER_NAME: The host http://x" in found("settings")


def test_the_revision_is_the_one_that_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_model", WHOLE)
    monkeypatch.setattr("lumina.model.checkpoint.verify", lambda folder: None)
    monkeypatch.setenv("LUMINA_MODEL", "tabletop")
    assert "every file there" in fine("model")
    monkeypatch.setenv("LUMINA_MODEL", "tabletop@zzzz")
    assert found("model").startswith("This asks for tabletop@zzzz, but tabletop@")


def test_a_model_that_is_none_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_model", WHOLE)
    monkeypatch.setenv("LUMINA_MODEL", "tabletop # the default")
    examined = doctor.examine().values()
    assert ["There is no model" in item["found"] for item in examined].count(True) == 1


def test_what_nobody_thought_of_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("of another kind")

    monkeypatch.setattr(doctor, "_home", broken)
    assert found("home") == "RuntimeError: of another kind" and fine("python")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 720896 bytes."),
    ],
)
def test_too_little_memory_is_one_sentence(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise InputError("The proxy cannot be used.") from error

    monkeypatch.setattr(doctor, "_network", broken)
    assert found("network") == SMALL_MEMORY


def test_a_gallery_is_not_called_damaged_for_want_of_memory(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_gallery(results)
    page = results / "gallery.sqlite"
    page.write_bytes(page.read_bytes()[:4096] + bytes(len(page.read_bytes()) - 4096))
    assert "is damaged" in found("gallery")
    monkeypatch.setattr(gallery_schema, "NEEDED", 10**15)
    assert found("gallery") == SMALL_MEMORY


@pytest.mark.parametrize(
    ("name", "variable"),
    [("pictures", "LUMINA_OUTPUTS"), ("results", "LUMINA_RESULTS"), ("temporary files", "GRADIO_TEMP_DIR")],
)
@pytest.mark.parametrize("kind", ["a file", "below a file", "a link to nothing"])
def test_a_folder_that_cannot_be_made_is_named_with_its_variable(
    name: str, variable: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    place = {"a file": "file", "below a file": "file/below", "a link to nothing": "link"}[kind]
    monkeypatch.setenv(variable, str(tmp_path / place))
    assert found(name) == f"The folder {tmp_path / place} cannot be written to; choose another ({variable})."


@pytest.mark.parametrize("name", ["a b", "100%", "#1", "~", "new\nline", "–ü"])
def test_a_folder_may_have_any_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (Path("below") / name, tmp_path / name):
        folder.mkdir(parents=True)
        make_gallery(folder)
        monkeypatch.setenv("LUMINA_RESULTS", str(folder))
        monkeypatch.setenv("TMPDIR", str(folder))
        monkeypatch.setattr(tempfile, "tempdir", None)
        assert fine("results") and fine("temporary files").startswith(str(folder.absolute()))
        assert fine("gallery") == f"1 pictures in {folder.absolute() / 'gallery.sqlite'}"


def test_a_full_disk_is_called_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(dir: Path) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert "is full; free some space, or choose another folder (LUMINA_OUTPUTS)" in found("pictures")


def test_little_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage(12_000_000))
    assert "has 12 MB left; free some space" in found("results")


def test_a_folder_for_temporary_files_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    assert f"TMPDIR is {tmp_path / 'missing'}, which is not there" in found("temporary files")

    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert found("temporary files").endswith("set TMPDIR to one.")


def test_a_folder_of_gradio_that_is_somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lumina-studio").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "lumina-studio")
    assert "is somebody else's; the studio makes a folder of its own" in fine("temporary files")


def test_a_home_that_is_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", os.devnull)
    monkeypatch.delenv("LUMINA_MODELS", raising=False)
    assert found("home") == f"{os.devnull} is not a folder; set HOME, or LUMINA_RESULTS and LUMINA_MODELS."
    monkeypatch.setenv("LUMINA_MODELS", "models")
    assert fine("home") == os.devnull
    monkeypatch.setattr(os.path, "expanduser", lambda path: str(path))  # no home, no entry of the user
    assert fine("home").startswith("none; results and models are kept in ")


def make_gallery(folder: Path, rows: int = 1) -> Path:
    """A file that holds as many pictures, for the eyes of the doctor."""
    with closing(sqlite3.connect(folder / "gallery.sqlite")) as database, database:
        database.executescript(TABLE)
        kept = [
            ("v", f"{n}", "result", 1.0, "", "", "", "", 8, 8, 3000, bytes(3000), b"") for n in range(rows)
        ]
        database.executemany(f"INSERT INTO kept VALUES ({', '.join('?' * len(COLUMNS))})", kept)
    return folder / "gallery.sqlite"


def test_a_gallery_in_order(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fine("gallery") == "none yet"
    (results / "gallery.sqlite").write_bytes(b"")
    assert fine("gallery").startswith("0 pictures")
    (results / "gallery.sqlite").unlink()
    make_gallery(results)
    assert fine("gallery").startswith("1 pictures")
    monkeypatch.chdir(results.parent)
    monkeypatch.setenv("LUMINA_RESULTS", "results")
    assert fine("gallery") == f"1 pictures in {results / 'gallery.sqlite'}"


def test_a_damaged_gallery(results: Path) -> None:
    file = make_gallery(results, rows=40)
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * 4096 + data[8192:])  # one page of the table
    assert found("gallery") == f"{file} is damaged; the studio puts it aside and begins a new one."
    file.write_bytes(b"no database" * 1000)
    assert "is damaged" in found("gallery")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "DROP TABLE kept; CREATE TABLE songs (title TEXT); CREATE TABLE albums (title TEXT)",
            "albums, songs",
        ),
        ("DROP TABLE kept; CREATE VIEW kept AS SELECT 1 AS id", "not the gallery's table"),
        ("ALTER TABLE kept ADD COLUMN stars INTEGER NOT NULL DEFAULT 0", "the columns of its table"),
        ("ALTER TABLE kept RENAME COLUMN png TO picture", "the columns of its table"),
    ],
)
def test_a_whole_file_with_other_tables_is_no_gallery(results: Path, code: str, said: str) -> None:
    file = make_gallery(results)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(code)
    assert said in found("gallery") and "puts it aside and begins a new one" in found("gallery")


def test_a_locked_gallery(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make_gallery(results)
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *given, **options: connect(*given, **{**options, "timeout": 0})
    )
    with closing(connect(file)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "is locked by another program" in found("gallery")


def test_a_gallery_that_is_no_file(results: Path) -> None:
    (results / "gallery.sqlite").mkdir()
    assert "move it away, and a new one is begun" in found("gallery")


def test_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fine("network") == "no proxy"
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    own = "http_proxy set; the page's own addresses go around it"
    assert fine("network") == own
    monkeypatch.setattr(doctor, "_engine", lambda: "there")
    monkeypatch.setattr(doctor, "_content", lambda: "there")
    for host, way in (("10.0.0.5", "directly"), ("9.9.9.9", "through the proxy of http_proxy")):
        monkeypatch.setenv("LUMINA_ENGINE", f"http://{host}:8100")
        assert fine("network") == f"{own}, the engine is asked {way}"
    monkeypatch.setenv("NO_PROXY", "9.9.9.9")
    assert fine("network") == f"{own}, the engine is asked directly"
    monkeypatch.delenv("LUMINA_ENGINE")
    monkeypatch.setenv("http_proxy", "no-scheme://proxy")
    assert "The proxy that is set (http_proxy) cannot be used" in found("network")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [("LUMINA_DEVICE", "gpu", "set LUMINA_DEVICE to auto"), ("LUMINA_QUANT", "int4", "int4 needs")],
)
def test_what_a_model_cannot_be_computed_on_is_said(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lumina.model.checkpoint.shrinking._config", lambda quant: None)
    monkeypatch.setenv("LUMINA_DEVICE", "cpu")
    assert fine("device") == "cpu, weights as they are"
    monkeypatch.setenv(variable, value)
    assert said in found("device")


def test_what_is_on_is_told_with_the_setting_that_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "4 on a public page, 32 on another" in fine("limits") and "as many seconds" in fine("limits")
    assert "/metrics is off (LUMINA_METRICS=1)" in fine("watching")
    monkeypatch.setenv("SPACE_ID", "someone/studio")
    assert "600 s of drawing within an hour" in fine("limits")
    monkeypatch.setenv("LUMINA_SECONDS_EACH", "0")
    monkeypatch.setenv("LUMINA_DRAWINGS_EACH", "7")
    monkeypatch.setenv("LUMINA_METRICS", "1")
    assert "at once: 7 (" in fine("limits") and "as many seconds" in fine("limits")
    assert "/metrics is on" in fine("watching")
