"""One reader's rules: the same answer to the same bytes, in plain words."""

import json
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from lumina.errors import InvalidImage, InvalidWorkflow
from lumina.images import png_bytes
from lumina.workflow.binding import digest
from lumina.workflow.executor import Resources
from lumina.workflow.files import read_workflow
from lumina.workflow.image_lookup import FolderImages
from lumina.workflow.missing import missing_pictures
from lumina.workflow.planning import plan
from lumina.workflow.schema import canonical, load
from lumina.workflow.validation import check

CASES = Path(__file__).parents[1] / "cases"
NODE = '{"lumina": 1, "nodes": {"a": {"task": "text", "inputs": {"text": "x"}}}, "x-n": %s}'


def test_keys_in_capital_letters_are_told_how_to_write_them() -> None:
    with pytest.raises(
        InvalidWorkflow, match="has Lumina and Nodes with capital letters; write keys in lower"
    ):
        load('{"Lumina": 1, "Nodes": {}}')


@pytest.mark.parametrize("file", ["wf-bigseed-input.json", "seed-2p53p1.json", "utf16.json"])
def test_the_canvas_is_given_what_the_command_line_reads(file: str) -> None:
    data = (CASES / file).read_bytes()
    assert load(canonical(data)) == read_workflow(CASES / file)
    assert ("9007199254740993" in canonical(data)) == ("seed" in file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ((CASES / "dup.json").read_bytes(), 'has the key "seed" twice'),
        ((CASES / "seed-5000digits.json").read_bytes(), "holds a number of 5,0"),
        (b"", "is empty"),
        ("\ufeff ", "is empty"),
        (b"\xff{}", "is not readable text"),
        ("{\n // note\n}", "it has a comment at line 2, column 2"),
        ('{"a": 1,}', "it has a comma too many at line 1"),
        ("{'a': 1}", "it has single quotes at line 1, column 2"),
        ('{"a": ', "it ends too early"),
        ("{“a”: 1}", "it has curly quotes at line 1, column 2"),
        ('{"a": "b\0"}', "it has a sign that cannot be seen at line 1, column 9"),
        ('```json\n{"a": 1}\n```', "it has a fence of ``` at line 1, column 1"),
        ('{\u00a0"a": 1}', "it has a sign that cannot be seen at line 1, column 2"),
        ('\u200b{"a": 1}', "it has a sign that cannot be seen at line 1, column 1"),
        ('{"a": "b\tc"}', "it has a line break or tab in a text at line 1, column 9"),
        ("{} {}", "is not valid JSON at line 1, column 4, after its end; remove what follows"),
        ("Here it is:\n{}", "at line 1, column 1: it does not begin with {; remove what stands before"),
        ("a: 1\n", "it does not begin with {; write JSON, or choose a file that holds it"),
        ('{"lumina": 1, "Title": "a", "nodes": {"a": {"task": "text"}}}', 'call it "title", or'),
        (NODE % "-Infinity", "holds -Infinity"),
        (NODE % "1e400", "holds a number that is too large"),
        (NODE % '"\ud800"', "holds half a character"),
        (NODE % ("[" * 5000 + "]" * 5000), "is nested too deeply"),
        ((CASES / "wf-v0.json").read_bytes(), "/version: is a document of version 0, and version 1 is"),
        ('{"lumina": 2, "nodes": {}, "new": 1}', "/lumina: is a document of version 2, and version 1 is"),
        ('{"lumina": true, "nodes": {}}', "must be 1"),
        ('{"lumina": 1, "nodes": {}}', "/nodes: must not be empty; put something in it."),
        ('{"lumina": 1, "nodes": []}', "/nodes: must be an object, not a list; write {"),
        ('{"lumina": 1, "nodes": {"a": null}}', "must be an object, not null"),
        ("null", "must be an object, not null"),
        (json.dumps("{" * 60), "must be an object, not '{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{…"),
        ('{"lumina": 1, "nodes": {"A b": {"task": "text"}}}', "lower-case letters"),
        ('{"lumina": 1, "model": "a b", "nodes": {"a": {"task": "text"}}}', "name of a model"),
        ('{"lumina": 1, "nodes": {"a": {"task": "text"}}, "outputs": {"o": {"from": "x"}}}', "NODE.OUTPUT"),
    ],
)
def test_what_is_refused_is_told_in_plain_words(text: str | bytes, sentence: str) -> None:
    with pytest.raises(InvalidWorkflow) as opened:
        canonical(text)
    with pytest.raises(InvalidWorkflow) as run:
        load(text)
    assert str(opened.value) == str(run.value) and sentence in str(run.value)
    told = json.dumps(check(text).problems)
    assert not any(
        word in told + str(run.value) for word in ("^", "sys.", "codec", "Input should", "Expecting")
    )


@pytest.mark.parametrize("version", [0, 2, 1.5, -1])
def test_in_a_document_of_another_version_nothing_else_is_looked_at(version: float) -> None:
    text = json.dumps({"lumina": version, "nodes": {"A b": 3}, "new": [1]})
    (problem,) = check(text).problems
    assert problem["pointer"] == "/lumina" and f"of version {version}," in problem["message"]


def test_numbers_are_whole_if_their_value_is() -> None:
    text = (
        '{"lumina": 1.0, "inputs": {"s": {"type": "integer", "default": 1e3}}, "nodes": '
        '{"a": {"task": "text_to_image", "inputs": {"prompt": "x", "seed": {"from": "inputs.s"}}}}}'
    )
    assert check(text).problems == []
    assert digest({"seed": [1.0, 2]}) == digest({"seed": [1, 2.0]})


def test_a_wrong_value_is_opened_to_be_mended() -> None:
    text = '{"lumina": 1, "nodes": {"a": {"task": "text", "inputs": {"text": {"from": "no"}}}}}'
    assert json.loads(canonical(text)) == json.loads(text)


def test_a_picture_is_found_among_many_files_and_under_either_form_of_its_name(tmp_path: Path) -> None:
    for number in range(2100):
        (tmp_path / f"a{number}.png").touch()
    png = png_bytes(Image.new("RGB", (32, 32), "red"))
    (tmp_path / unicodedata.normalize("NFD", "zé.png")).write_bytes(png)
    image_source = FolderImages(tmp_path)
    found = image_source.find(unicodedata.normalize("NFC", "zé.png"))
    assert found is not None and image_source.find(found.name) == found
    assert image_source.find("ZÉ.png") is None
    (tmp_path / "Screenshot at 9.41.00\u202fAM.png").write_bytes(png)  # as macOS calls it
    assert image_source.find("Screenshot at 9.41.00 AM.png") == found


def test_a_file_that_is_there_and_no_picture_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(png_bytes(Image.effect_noise((64, 64), 90))[:1500])
    (tmp_path / "doc.pdf").write_bytes(b"%PDF-1.7 a document")
    beside = FolderImages(tmp_path)
    for name, cause in (("broken.png", "damaged|cut off"), ("doc.pdf", "PDF")):
        with pytest.raises(InvalidImage, match=f'The picture "{name}" cannot be used: .*({cause})'):
            beside.find(name)
    assert beside.find(f"sha256:{'0' * 64}") is None


def test_a_dry_run_says_what_is_missing(tmp_path: Path) -> None:
    text = '{"lumina": 1, "nodes": {"a": {"task": "image_file", "inputs": {"image": {"image": "gone.png"}}}}}'
    line = plan(load(text), Resources(image_sources=[FolderImages(tmp_path)])).line
    assert line == 'The picture "gone.png" is not here; upload it, or choose another.'
    on_a_terminal = Resources(image_sources=[FolderImages(tmp_path)], way_in="use --set {place}=FILE")
    assert plan(load(text), on_a_terminal).line == (
        'The picture "gone.png" is not here; use --set a.image=FILE.'
    )


def test_every_picture_that_is_missing_is_named_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "doc.png").write_bytes(b"%PDF-1.7 a document")
    (tmp_path / "here.png").write_bytes(png_bytes(Image.new("RGB", (32, 32), "red")))
    document = {
        "lumina": 1,
        "inputs": {"p": {"type": "image", "default": {"image": "gone.png"}}, "q": {"type": "image"}},
        "nodes": {
            "a": {"task": "image_file", "inputs": {"image": {"from": "inputs.p"}}},
            "b": {"task": "image_file", "inputs": {"image": [{"image": "here.png"}, {"image": "lost.png"}]}},
            "c": {"task": "image_file", "inputs": {"image": {"image": "doc.png"}}},
            "d": {"task": "image_file", "inputs": {"image": {"image": "other.png"}}, "mode": "mute"},
        },
    }
    found = missing_pictures(load(json.dumps(document)), [FolderImages(tmp_path)], "use --set {place}=FILE")
    assert [(item["pointer"], item["message"], item["fix"]) for item in found[:2]] == [
        ("/inputs/p/default", 'The picture "gone.png" is not here', "use --set p=FILE"),
        ("/nodes/b/inputs/image", 'The picture "lost.png" is not here', "use --set b.image=FILE"),
    ]
    assert found[2]["pointer"] == "/nodes/c/inputs/image" and 'The picture "doc.png"' in found[2]["message"]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("pics/foto.png", "is a path", 'put the file beside the workflow and write {"image": "foto.png"}'),
        (
            "https://a.org/b.png",
            "is an address",
            'save the picture beside the workflow and write {"image": "b.png"}',
        ),
        ("", "names no picture", 'write the name of a file beside the workflow, {"image": "name.png"}'),
    ],
)
def test_a_picture_that_is_no_name_is_told_what_to_write(name: str, message: str, fix: str) -> None:
    node = {"task": "image_file", "inputs": {"image": {"image": name}}}
    default = {"type": "image", "default": {"image": name}}
    found = check(json.dumps({"lumina": 1, "inputs": {"p": default}, "nodes": {"a": node}})).problems
    assert [item["pointer"] for item in found] == ["/inputs/p/default", "/nodes/a/inputs/image"]
    assert all(item["message"].startswith(message) and item["fix"] == fix for item in found)


def test_a_version_that_is_missing_is_given() -> None:
    (found,) = check('{"nodes": {"a": {"task": "text", "inputs": {"text": "x"}}}}').problems
    assert (found["pointer"], found["fix"]) == ("/lumina", 'add "lumina": 1')
