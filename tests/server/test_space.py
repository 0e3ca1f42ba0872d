"""What a Space is given: exactly these files, and what is wrong with them before they are sent."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from lumina.cli.main import app
from lumina.errors import InputError, LuminaError
from lumina.server.space import PARTS, ROOT, SECRETS, SENT, plan, send
from lumina.settings import Settings

HEAD = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small one."""
    for name in PARTS:
        if (ROOT / name).is_dir():
            (tmp_path / name).mkdir()
            (tmp_path / name / "file.txt").write_text("well")
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "not_sent.py").write_text("")
    (tmp_path / "lumina" / "__pycache__").mkdir()
    (tmp_path / "lumina" / "__pycache__" / "x.pyc").write_text("")
    return tmp_path


def test_this_repository_can_be_sent_as_it_is() -> None:
    found = plan(environment={})
    assert found.problems == () and found.variables == {}
    assert {"README.md", "app.py", "lumina/ui/app.py", "assets/models/tabletop/manifest.json"} <= {
        *found.files
    }
    assert {name.partition("/")[0] for name in found.files} == {*PARTS}
    assert found.files["app.py"] == (ROOT / "app.py").stat().st_size and found.front["sdk"] == "gradio"


def test_dry_run_prints_it_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMINA_SECONDS_EACH", "300")
    monkeypatch.setenv("LUMINA_RESULTS", "kept")
    monkeypatch.setenv("LUMINA_TOKEN", "s3cret")
    monkeypatch.setenv("LUMINA_DB_PASSWORD", "s3cret")  # of somebody else's program
    done = CliRunner().invoke(app, ["deploy", "--dry-run", "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and told["bytes"] == sum(told["files"].values())
    assert told["variables"] == {"LUMINA_SECONDS_EACH": "300"} and told["problems"] == []
    assert "s3cret" not in done.stdout and any("LUMINA_TOKEN" in note for note in told["notes"])
    lines = CliRunner().invoke(app, ["deploy", "--dry-run"]).stdout
    assert "variable  LUMINA_SECONDS_EACH=300" in lines and "front matter  sdk: gradio" in lines


def test_every_setting_is_sent_or_of_this_machine() -> None:
    named = {"trusts_proxy": "TRUST_PROXY", "has_metrics": "METRICS"}
    settings = {named.get(name, name.upper()) for name in Settings.__dataclass_fields__} - {"HAS_DTYPE"}
    stay = {"OUTPUTS", "RESULTS", "MODELS", "DEVICE", "THREADS", "CONTENT_MODEL", *SECRETS}
    assert {*SENT} | stay == settings and not stay.intersection(SENT)


def test_only_parts_are_sent(repository: Path) -> None:
    assert {*plan(repository, {}).files} == {
        name if (ROOT / name).is_file() else f"{name}/file.txt" for name in PARTS
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda head: head.replace("sdk: gradio\n", ""), "its head lacks sdk"),
        (lambda head: head.replace("6.", "5.", 1), "constraints.txt has gradio"),
        (lambda head: head.replace("app.py", "main.py"), "app_file main.py is not there"),
        (lambda head: head.replace("indigo", "teal"), "colorFrom must be one of"),
        (lambda head: head.replace("3.12", "3.9"), "python_version is"),
        (lambda head: head.replace("row by row", "row by row " * 9), "over 60 characters"),
    ],
)
def test_what_is_wrong_with_the_head_is_named(
    change: Callable[[str], str], says: str, repository: Path
) -> None:
    (repository / "README.md").write_text(f"---\n{change(HEAD)}---\n")
    assert [says in problem for problem in plan(repository, {}).problems] == [True]


def test_what_is_wrong_with_files_is_named(repository: Path) -> None:
    (repository / "assets" / "a.bin").write_text("version https://git-lfs.github.com/spec/v1\n")
    (repository / "lumina" / "b.py").write_text(f"token = 'hf_{'a' * 34}'")
    (repository / "LICENSE").unlink()
    told = " ".join(plan(repository, {"LUMINA_MODEL": str(repository)}).problems)
    for said in (
        "a.bin is a pointer",
        "b.py holds what looks like a token",
        "LICENSE is missing",
        "LUMINA_MODEL",
    ):
        assert said in told
    with pytest.raises(InputError, match="from a clone"):
        plan(repository / "assets", {})


class Hub:
    """Takes what it is given, or breaks."""

    taken: dict[str, Any]

    def __init__(self, token: str) -> None:
        Hub.taken = {"token": token}

    def create_repo(self, name: str, **options: Any) -> None:
        if name.startswith("nobody/"):
            raise ConnectionError("no network")

    def add_space_variable(self, name: str, variable: str, value: str) -> None:
        Hub.taken[variable] = value

    def upload_folder(self, **options: Any) -> None:
        Hub.taken |= options


def test_it_is_sent_with_a_token_and_a_name(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = ["hf_x", None]
    hub = SimpleNamespace(HfApi=Hub, get_token=lambda: tokens[0])
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    monkeypatch.setattr("lumina.server.space.find_spec", lambda name: name)
    found = plan(repository, {"LUMINA_LOG": "json"})
    assert send(found, "me/studio", repository) == "https://huggingface.co/spaces/me/studio"
    assert Hub.taken["allow_patterns"] == [*found.files] and Hub.taken["LUMINA_LOG"] == "json"
    with pytest.raises(LuminaError, match="did not take the files"):
        send(found, "nobody/studio", repository)
    with pytest.raises(InputError, match="OWNER/NAME"):
        send(found, "studio", repository)
    tokens.reverse()
    with pytest.raises(InputError, match="no token"):
        send(found, "me/studio", repository)
    (repository / "app.py").unlink()
    with pytest.raises(InputError, match=r"^Nothing is sent: app\.py is missing"):
        send(plan(repository, {}), "me/studio", repository)
