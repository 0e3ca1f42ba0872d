"""What docs/workflow-format.md writes down works as it stands there."""

import json
import re
from pathlib import Path

import pytest

from lumina.tasks import TASKS
from lumina.tasks.utility import TOOLS
from lumina.workflow.executor import Resources, run
from lumina.workflow.image_lookup import shipped
from lumina.workflow.schema import load
from lumina.workflow.sockets import outputs_of
from lumina.workflow.validation import check
from tests.workflow.conftest import Ran

PAGE = (Path(__file__).parents[2] / "docs" / "workflow-format.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("json workflow"), ids=range(len(blocks("json workflow"))))
def test_the_documented_workflows_run(text: str, resources: Resources) -> None:
    assert check(text).problems == []
    ready = Resources(resources.painter, resources.store, [shipped()])
    *_, last = run(load(text), ready)
    assert last.status == "done" and last.executed and all(last.outputs.values())  # type: ignore[union-attr]


def test_the_documented_choice_is_asked_for(ran: Ran) -> None:
    (text,) = blocks("json workflow asks")
    document = json.loads(text)
    assert ran(document)[1].needs_choice == ("best",)
    document["nodes"]["best"]["inputs"]["choice"] = 2
    assert ran(document)[1].cached == ("drafts",)


def test_the_documented_problems_are_those_found() -> None:
    (text,), (told,) = blocks("json problems"), blocks("text")
    found = [f"{item['pointer']}: {item['message']}; {item['fix']}" for item in check(text).problems]
    assert found == [line.rstrip(".") for line in told.splitlines()]


def test_the_documented_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert (tmp_path / "cone.png").is_file()


def test_every_tool_has_its_row() -> None:
    for tool in TOOLS:
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{tool.name}` |"))
        inputs, gives = row.split("|")[2:4]
        assert all(re.search(rf"\b{name}\b", inputs) for name in tool.model_fields), tool.name
        outputs = outputs_of(TASKS[tool.name]) or {"nothing": None}
        assert all(re.search(rf"\b{name}\b", gives) for name in outputs), tool.name
