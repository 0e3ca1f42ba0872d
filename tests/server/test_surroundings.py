import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from lumina.errors import InputError
from lumina.gradio_settings import FOR_DEVELOPERS, LIMIT, NUMBERS, port, shares
from lumina.server.surroundings import prepare

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("proxy", ["foo:bar", "gopher://127.0.0.1:9"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(InputError, match=r"The proxy that is set .* correct or unset it"):
        prepare()


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_other_proxies_are_left_alone(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    prepare()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("studio", "/studio"),
        ("studio/", "/studio"),
        ("/a/b/", "/a/b"),
        ("/", ""),
        ("https://a.b/c", "https://a.b/c"),
    ],
)
def test_the_path_below_which_the_studio_lies_may_be_written_in_any_way(
    written: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_ROOT_PATH", written)
    prepare()
    assert os.environ["GRADIO_ROOT_PATH"] == meant


@pytest.mark.parametrize("kind", ["missing", "no certificates"])
def test_certificates_that_cannot_be_read_are_one_sentence(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind != "missing":
        (tmp_path / "ca.pem").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(InputError, match=r"SSL_CERT_FILE names .*ca.pem, where no certificates are"):
        prepare()


STARTS = [["app.py"], ["-m", "lumina", "ui"], ["-m", "lumina", "download", "omni"]]


@pytest.mark.parametrize("command", STARTS)
@pytest.mark.parametrize("wrong", [{"http_proxy": "foo:bar"}, {"SSL_CERT_FILE": "nowhere.pem"}])
def test_all_ways_to_start_say_it(command: list[str], wrong: dict[str, str]) -> None:
    surroundings = os.environ | wrong
    run = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr and "correct or unset it" in run.stderr


@pytest.mark.parametrize("kind", ["owner", "group", "everybody", "link", "file", "broken link"])
def test_gradios_folder_is_left_alone_where_it_is_somebody_elses(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = tmp_path / "lumina-studio"
    if kind == "owner":
        usual.mkdir(mode=0o700)
        monkeypatch.setattr(os, "getuid", lambda: usual.stat().st_uid + 1)
    elif kind in ("group", "everybody"):
        usual.mkdir()
        usual.chmod({"group": 0o770, "everybody": 0o1777}[kind])
    elif kind == "link":
        (tmp_path / "theirs").mkdir(mode=0o700)
        usual.symlink_to(tmp_path / "theirs")
    elif kind == "file":
        usual.touch()
    else:
        usual.symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")  # so that it is put back afterwards
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    prepare()
    chosen = Path(os.environ["GRADIO_TEMP_DIR"])
    assert chosen.parent == tmp_path and chosen.is_dir() and chosen != usual


def test_the_studio_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(2):
        monkeypatch.setenv("GRADIO_TEMP_DIR", "")  # so that it is put back afterwards
        monkeypatch.delenv("GRADIO_TEMP_DIR")
        prepare()
        chosen = Path(os.environ["GRADIO_TEMP_DIR"])
        assert chosen == tmp_path / "lumina-studio" and chosen.stat().st_mode & 0o077 == 0


def test_nothing_imports_gradio_before() -> None:
    code = "import sys, app, lumina.cli.main; print('gradio' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_a_chosen_folder_that_cannot_be_written_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "file" / "below"))
    with pytest.raises(InputError, match="cannot be written to; choose another"):
        prepare()


@pytest.mark.parametrize("port", ["abc", "", "70000", "-1"])
def test_a_port_that_is_no_number_is_one_sentence(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    with pytest.raises(InputError, match="GRADIO_SERVER_PORT must be a whole number"):
        prepare()


def test_what_a_file_leaves_around_a_setting_of_gradio_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", '"7861"\r')
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0\r")
    prepare()
    assert (os.environ["GRADIO_SERVER_PORT"], os.environ["GRADIO_SERVER_NAME"]) == ("7861", "0.0.0.0")


@pytest.mark.parametrize(
    "name",
    ["GRADIO_NUM_PORTS", "GRADIO_NODE_NUM_PORTS", "GRADIO_ANALYTICS_MAX_EVENTS"],
)
def test_every_number_of_gradio_is_checked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "true")
    with pytest.raises(InputError, match=f"{name} must be a whole number from"):
        prepare()


def test_the_limit_of_gradio_may_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "None")
    prepare()
    monkeypatch.setenv(LIMIT, "many")
    with pytest.raises(InputError, match=f"{LIMIT} must be a whole number from 1 on, or none"):
        prepare()


@pytest.mark.parametrize("name", FOR_DEVELOPERS)
def test_what_is_for_developers_of_pages_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")  # the page would wait for changes, and its model never be loaded
    prepare()
    assert name not in os.environ


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("True", True), ("1", True), ("", False), ("False", False)]
)
def test_a_public_link_may_be_asked_for_as_gradio_has_it(
    written: str, meant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_SHARE", written)
    prepare()
    assert shares() is meant


@pytest.mark.parametrize("name", ["GRADIO_SHARE", "GRADIO_MCP_SERVER"])
def test_a_switch_of_gradio_is_true_or_false(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "maybe")
    with pytest.raises(InputError, match=f"{name} must be true or false, not 'maybe'"):
        prepare()


def test_gradios_port_is_that_one_where_no_others_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    assert port() == 7861
    monkeypatch.setenv("GRADIO_NUM_PORTS", "20")
    assert port() is None


def test_gradios_folder_may_begin_with_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in ("~/files", "$HOME/files"):
        monkeypatch.setenv("GRADIO_TEMP_DIR", written)
        prepare()
        assert os.environ["GRADIO_TEMP_DIR"] == str(tmp_path / "files")


def test_no_number_of_gradio_is_forgotten() -> None:
    folder = Path(sysconfig.get_paths()["purelib"]) / "gradio"
    read = re.compile(r"(?:int|float)\(\s*os\.(?:getenv|environ\.get)\(\s*[\"'](\w+)")
    found = {name for file in folder.glob("*.py") for name in read.findall(file.read_text("utf-8"))}
    assert found - {*FOR_DEVELOPERS} == set(NUMBERS)


def test_a_service_may_have_no_path() -> None:
    surroundings = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    code = "from lumina.server.surroundings import prepare; prepare(); import gradio"
    run = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("command", [["templates"], ["download", "omni"]])
def test_commands_that_connect_or_bring_in_gradio_say_it_too(command: list[str]) -> None:
    surroundings = os.environ | {"https_proxy": "foo:bar", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "lumina", *command], env=surroundings, capture_output=True, text=True
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("The proxy that is set") and run.stderr.count("\n") == 1


def test_gradio_writes_no_stub_files_while_it_is_imported() -> None:
    script = """
from lumina.server.surroundings import prepare
prepare()
import gradio.component_meta as meta
from pathlib import Path
assert meta.create_or_modify_pyi.__module__ == "lumina.server.gradio_stubs"
assert "def create_or_modify_pyi(" in Path(meta.__file__).read_text()  # else there is nothing to spare
"""
    subprocess.run([sys.executable, "-c", script], check=True)
