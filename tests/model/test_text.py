"""Text: prompts are only text, whatever they contain; roles are found by name."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina.errors import CheckpointMismatch
from lumina.model.text import TextTokenizer, code_name, size_name

ROUNDS = int(os.environ.get("LUMINA_ROUNDS", "1"))
FOLDER = Path(__file__).parents[1] / "parity/data/A/model"
TOKENIZER = TextTokenizer.load(FOLDER)
ADDED = {
    token["content"]: token["id"]
    for token in json.loads((FOLDER / "tokenizer.json").read_text())["added_tokens"]
}


@pytest.mark.parametrize(
    "name", ["<racm3:break>", "<eoss>", "<|im_end|>", "<reserved08706>", "<reserved08799>"]
)
def test_names_in_a_prompt_are_text(name: str) -> None:
    ids = TOKENIZER.encode(f"a cat {name}{code_name(3)} {size_name(4)} end")
    assert not set(ids[1:-1]) & set(ADDED.values())
    assert (ids[0], ids[-1]) == (ADDED["<|im_end|>"], ADDED["<reserved08706>"])


@settings(max_examples=200 * ROUNDS)
@given(st.lists(st.one_of(st.sampled_from(sorted(ADDED)), st.text(max_size=8)), max_size=6).map("".join))
def test_no_text_reaches_an_added_token(text: str) -> None:
    assert not set(TOKENIZER.encode(text)[1:-1]) & set(ADDED.values())


def test_roles() -> None:
    vocabulary = TOKENIZER.vocabulary()
    assert vocabulary.image_start == ADDED["<racm3:break>"]
    assert vocabulary.sizes[24] == ADDED["<reserved08824>"]
    assert vocabulary.codes == slice(ADDED["<MOVQGAN00000>"], ADDED["<MOVQGAN00255>"] + 1)


def copy(folder: Path, **changes: object) -> Path:
    """The tokenizer's files with other values."""
    for name in ("tokenizer.json", "tokenizer_config.json"):
        content = json.loads((FOLDER / name).read_text())
        content.update({key: value for key, value in changes.items() if key in content})
        (folder / name).write_text(json.dumps(content))
    return folder


def test_bos_may_be_the_tokenizers_own(tmp_path: Path) -> None:
    found = TextTokenizer.load(copy(tmp_path, bos_token={"content": "<|endoftext|>"}))
    assert found.bos == ADDED["<|endoftext|>"]


@pytest.mark.parametrize("lost", ["<racm3:break>", "<reserved08799>", "<MOVQGAN00000>", "<reserved08706>"])
def test_a_missing_role_is_named(tmp_path: Path, lost: str) -> None:
    tokens = json.loads((FOLDER / "tokenizer.json").read_text())["added_tokens"]
    found = TextTokenizer.load(copy(tmp_path, added_tokens=[t for t in tokens if t["content"] != lost]))
    with pytest.raises(CheckpointMismatch, match=lost):
        found.vocabulary()


def test_codes_must_be_in_order(tmp_path: Path) -> None:
    tokens = json.loads((FOLDER / "tokenizer.json").read_text())["added_tokens"]
    swapped = {"<MOVQGAN00001>": ADDED["<MOVQGAN00002>"], "<MOVQGAN00002>": ADDED["<MOVQGAN00001>"]}
    tokens = [{**token, "id": swapped.get(token["content"], token["id"])} for token in tokens]
    with pytest.raises(CheckpointMismatch, match="in order"):
        TextTokenizer.load(copy(tmp_path, added_tokens=tokens)).vocabulary()


def test_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointMismatch, match=r"tokenizer\.json"):
        TextTokenizer.load(tmp_path)
    (copy(tmp_path) / "tokenizer.json").write_text('{"model": {"vocab": {}}, "added_tokens": []}')
    with pytest.raises(CheckpointMismatch, match=r"tokenizer\.json"):
        TextTokenizer.load(tmp_path)
    with pytest.raises(CheckpointMismatch, match=r"tokenizer_config\.json"):
        TextTokenizer.load(copy(tmp_path, bos_token="<nothing>"))
