"""A workflow for each row of a table: any end may come, and no row is lost or drawn twice."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina.errors import InputError
from lumina.images import read_recipe
from lumina.steps import finish
from lumina.workflow.batch import JOURNAL, Bound, NotWritten, run_rows
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources
from lumina.workflow.resolving import with_values
from lumina.workflow.schema import load
from lumina.workflow.tables import InputRow, read_table

ROWS = int(os.environ.get("LUMINA_BATCH", "60"))  # of the batch that is killed; 1000 in a full count
DRAW = Workflow.model_validate({
    "lumina": 1,
    "inputs": {"prompt": {"type": "text"}},
    "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.prompt"}}}},
    "outputs": {"picture": {"from": "a.image"}},
})  # fmt: skip
COMMAND = """
from lumina.cli import generate
from lumina.runtime.fake import FakePipeline
generate.open_pipeline = lambda *_, **__: FakePipeline()
from lumina.cli.main import app
app()
"""


def rows(count: int) -> list[InputRow]:
    return [InputRow(number, {"prompt": f"a cone {number}"}) for number in range(1, count + 1)]


@pytest.fixture
def bound(resources: Resources) -> Bound:
    return lambda row: (with_values(DRAW, row.values), resources)


def pictures(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.png"))


def test_each_row_gives_files_with_its_number_and_recipe(bound: Bound, tmp_path: Path) -> None:
    outcomes = finish(run_rows(rows(12), bound, tmp_path))
    assert [(each.row, each.status) for each in outcomes] == [(row, "done") for row in range(1, 13)]
    names = [each.outputs["picture"][0]["file"] for each in outcomes]
    assert names == pictures(tmp_path) and names[6].startswith("07-picture-")
    recipe = load(read_recipe((tmp_path / names[6]).read_bytes()) or "")
    assert recipe.inputs["prompt"].default == "a cone 7"


def test_who_goes_on_draws_what_is_left_and_the_same(bound: Bound, tmp_path: Path) -> None:
    steps = run_rows(rows(9), bound, tmp_path, at_once=2)
    for _ in range(4):
        next(steps)
    steps.close()
    first = pictures(tmp_path)
    assert 4 <= len(first) < 9
    journal = tmp_path / JOURNAL
    lines = journal.read_text().splitlines()
    done = [number for number, line in enumerate(lines) if '"done"' in line]
    # killed between the file and its line, of which half was written
    journal.write_text("\n".join(lines[: done[-1]]) + "\n" + lines[done[-1]][:30])
    outcomes = finish(run_rows(rows(9), bound, tmp_path, at_once=2))
    assert [each.status for each in outcomes] == ["done"] * 9
    assert len(pictures(tmp_path)) == 9 and set(first) < set(pictures(tmp_path))
    assert finish(run_rows(rows(9), bound, tmp_path)) == outcomes
    assert len(pictures(tmp_path)) == 9
    # another row in the place of one, and a file that is gone
    (tmp_path / pictures(tmp_path)[0]).unlink()
    changed = [*rows(8), InputRow(9, {"prompt": "a sphere"})]
    assert finish(run_rows(changed, bound, tmp_path))[:8] == outcomes[:8]
    assert len(pictures(tmp_path)) == 10


def test_a_row_that_cannot_be_run_fails_alone_and_is_tried_again(
    resources: Resources, tmp_path: Path
) -> None:
    asked = [*rows(2), InputRow(3, {"prompt": ["a"] * 65}), InputRow(4, {})]

    def bound(row: InputRow) -> tuple[Workflow, Resources]:
        return with_values(DRAW, row.values), resources

    outcomes = finish(run_rows(asked, bound, tmp_path))
    assert [each.status for each in outcomes] == ["done", "done", "failed", "failed"]
    assert all(each.message.endswith(".") and not each.is_fault for each in outcomes[2:])
    mended = [*rows(2), InputRow(3, {"prompt": "a"}), InputRow(4, {"prompt": "b"})]
    assert {each.status for each in finish(run_rows(mended, bound, tmp_path))} == {"done"}


def test_a_fault_and_a_choice_are_failures_with_a_sentence(resources: Resources, tmp_path: Path) -> None:
    picked = Workflow.model_validate({
        "lumina": 1,
        "nodes": {
            "a": {"task": "text_to_image", "inputs": {"prompt": "a cone", "variations": 2}},
            "b": {"task": "pick", "inputs": {"images": {"from": "a.image"}}},
        },
    })  # fmt: skip
    (outcome,) = finish(run_rows([InputRow(1, {})], lambda _: (picked, resources), tmp_path))
    assert 'add a column "b"' in outcome.message and not outcome.is_fault

    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(resources.painter, name)

        def draw(self, requests: Any) -> Any:
            raise RuntimeError("broken")

    broken = replace(resources, painter=Broken())  # type: ignore[arg-type]
    bound = with_values(DRAW, {"prompt": "a"}), broken
    (outcome,) = finish(run_rows([InputRow(1, {})], lambda _: bound, tmp_path))
    assert outcome.status == "failed" and outcome.is_fault


def test_a_folder_that_cannot_be_written_ends_it(bound: Bound, tmp_path: Path) -> None:
    (tmp_path / JOURNAL).mkdir()
    with pytest.raises(NotWritten):
        finish(run_rows(rows(3), bound, tmp_path))


def test_a_batch_killed_twice_comes_to_its_end(tmp_path: Path) -> None:
    """The full count is run with LUMINA_BATCH=1000."""
    (tmp_path / "workflow.json").write_text(DRAW.model_dump_json(exclude_none=True))
    (tmp_path / "table.csv").write_text("prompt\n" + "".join(f"a cone {n}\n" for n in range(1, ROWS + 1)))
    out = tmp_path / "out"
    command = [sys.executable, "-c", COMMAND, "batch", "workflow.json", "--inputs", "table.csv"]
    command += ["--out", "out", "--json"]
    surroundings = {**os.environ, "LUMINA_RESULTS": str(tmp_path / "results")}
    for share in (0.2, 0.6):
        with subprocess.Popen(command, cwd=tmp_path, env=surroundings) as process:
            while process.poll() is None and len(pictures(out)) < share * ROWS:
                pass
            process.kill()
        assert len(pictures(out)) < ROWS
    found = subprocess.run(command, cwd=tmp_path, env=surroundings, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    report = json.loads(found.stdout)
    assert found.returncode == 0 and (report["rows"], report["done"], report["failed"]) == (ROWS, ROWS, [])
    files = [each["file"] for outputs in report["outputs"].values() for each in outputs["picture"]]
    assert sorted(files) == pictures(out)
    assert len(pictures(out)) == ROWS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", '\ufeffprompt,a.seed\n"a cone, red",1\n,2\n\na cube,\n'),
        ("a.csv", '\ufeffprompt;a.seed\r\n"a cone, red";1\r\n;2\r\n;\r\na cube;\r\n'),
        ("a.csv", "prompt\ta.seed\na cone, red\t1\n\t2\na cube\t\n"),
        ("a.csv", "sep=;\r\nprompt;a.seed\r\na cone, red;1\r\n;2\r\na cube;\r\n"),
        ("a.tsv", "prompt\ta.seed\na cone, red\t1\n\t2\na cube\t\n"),
        (
            "a.csv",
            '\r\nprompt,a.seed,,\r\n"a cone, red",1,,\r\n,2,\r\n,,,\r\na cube\r\n',
        ),  # columns once filled
        ("a.csv", "prompt;a.seed\ra cone, red;1\r;2\ra cube;\r"),  # line ends of an older Mac
        ("a.csv", 'prompt, a.seed\n"a cone, red", 1\n, 2\na cube, \n'),
        ("a.csv", "prompt | a.seed\na cone, red|1\n|2\na cube|\n"),
        ("a.tsv", 'prompt,a.seed\n"a cone, red",1\n,2\na cube,\n'),
        ("a.json", '[{"prompt": "a cone, red", "a.seed": "1"},\n{"a.seed": "2"},\n{"prompt": "a cube"}]'),
        (
            "a.JSONL",
            '{"prompt": "a cone, red", "a.seed": "1"}\n\n{"a.seed": "2"}\n'
            '{"prompt": "a cube", "a.seed": null}',
        ),
    ],
)
def test_tables_are_read(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_table(tmp_path / name) == [
        InputRow(1, {"prompt": "a cone, red", "a.seed": "1"}),
        InputRow(2, {"a.seed": "2"}),
        InputRow(3, {"prompt": "a cube"}),
    ]


@pytest.mark.parametrize("text", ["prompt;a.seed\na cone;1\n", ' {"prompt": "a cone", "a.seed": "1"}\n'])
def test_a_table_comes_through_a_pipe(text: str) -> None:
    code = "from lumina.workflow.tables import read_table; from pathlib import Path; import sys; "
    code += "print(read_table(Path(sys.argv[1]))[0].values)"
    for name in ("-", "/dev/stdin"):
        command = [sys.executable, "-c", code, name]
        found = subprocess.run(command, input=text, capture_output=True, text=True)
        assert found.stdout == "{'prompt': 'a cone', 'a.seed': '1'}\n", found.stderr
    nothing = subprocess.run(command, input="prompt\n", capture_output=True, text=True)
    assert "The table that comes through the pipe has no rows" in nothing.stderr


def test_a_folder_is_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^'\.' is a folder; name a file in it\.$"):
        read_table(Path("."))


def test_tables_in_utf_16_and_signs_that_end_a_line_only_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("prompt\tn\nä\t1\n".encode("utf-16"))  # "Unicode text" of Excel
    assert read_table(tmp_path / "a.csv") == [InputRow(1, {"prompt": "ä", "n": "1"})]
    (tmp_path / "a.jsonl").write_text('{"prompt": "a\u2028b\u0085c"}', encoding="utf-8")
    assert read_table(tmp_path / "a.jsonl") == [InputRow(1, {"prompt": "a\u2028b\u0085c"})]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK", "must end in .jsonl"),
        ("a.xlsx", b"PK\x03\x04\x14", "is a workbook; save it as CSV"),
        ("a.ods", b"PK\x03\x04\x14", "is a workbook; save it as CSV"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1", "is a workbook; save it as CSV"),
        ("a.csv", b"PK\x03\x04\x14", "is a workbook; save it as CSV"),
        ("a.zip", b"PK\x03\x04\x14", "must end in .jsonl"),
        ("a.csv", b"prompt\n", "has no rows"),
        ("a.csv", b"prompt,prompt\na,b\n", "a name of its own"),
        ("a.csv", b"prompt\na,b\n", "has 2 cells for 1 columns"),
        ("a.csv", b"prompt;a\na;b;c\n", "a cell that holds a semicolon"),
        ("a.csv", b'prompt\n"a\n', "check its quotes"),
        ("a.csv", "prompt\nä".encode("latin-1"), "not UTF-8"),
        ("a.jsonl", b'{"a": 1}\n{"a": NaN}', "Line 2 of the table"),
        ("a.jsonl", b"[1]", "must be an object"),
        ("a.jsonl", b'[{"a": 1}, 2]', "must be an object"),
        ("a.json", b'{"lumina": 1}', "is no list of rows; name another"),
        ("a.json", b'{"rows": [{"a": 1}], "n": 1}', 'is no list of rows; write the list in its "rows" alone'),
        ("a.csv", b"prompt,,\na,b,\n", "a name of its own"),
        ("a.csv", b"prompt\na\n\0\0\0", "is damaged, or no text"),
        ("a.csv", b"%PDF-1.4\nprompt", "is a PDF document; name a file of text"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "is a PNG; name a file of text"),
        ("a.parquet", b"PAR1", "arquet"),
        ("b.csv", None, "cannot be opened"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    name: str, data: bytes | None, words: str, tmp_path: Path
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words) as refused:
        read_table(tmp_path / name)
    assert str(refused.value).endswith(".")
