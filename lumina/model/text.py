"""Text to token ids, and the roles of the ids, from the checkpoint's own ``tokenizer.json``.

The ``tokenizers`` library is read directly: it starts in 0.04 s where ``transformers`` takes 1 s.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from lumina.errors import CheckpointMismatch
from lumina.model.json_fields import read_json
from lumina.model.layout import Vocabulary

IMAGE_START, IMAGE_END = "<racm3:break>", "<eoss>"
NEW_LINE, SEPARATOR = "<reserved08799>", "<reserved08706>"


def size_name(cells: int) -> str:
    """The token that stands for ``cells`` × 32 pixels."""
    return f"<reserved{8800 + cells:05d}>"


def code_name(code: int) -> str:
    """The token of a codebook index."""
    return f"<MOVQGAN{code:05d}>"


class TextTokenizer:
    """Encodes instructions, and names the ids that have a role."""

    def __init__(self, plain: Tokenizer, names: Mapping[str, int], bos: int) -> None:
        self._plain, self._names, self.bos = plain, names, bos

    @classmethod
    def load(cls, folder: Path | str) -> "TextTokenizer":
        """Read ``tokenizer.json`` and ``tokenizer_config.json``; raises CheckpointMismatch with the file."""
        folder = Path(folder)
        content: Any = read_json(folder / "tokenizer.json")  # which the library judges
        try:
            added = content.pop("added_tokens")
            names = {**content["model"]["vocab"], **{token["content"]: token["id"] for token in added}}
            # Without its added tokens the tokenizer knows only text: "<racm3:break>" in a prompt is so many
            # characters. Its switch for special tokens would not do: most of the names are not special.
            plain = Tokenizer.from_str(json.dumps({**content, "added_tokens": []}))
        except Exception as error:  # the library raises bare Exception for a file it cannot read
            raise CheckpointMismatch(f"{folder / 'tokenizer.json'} is not a tokenizer file.") from error
        bos = _bos_name(read_json(folder / "tokenizer_config.json"))
        if bos not in names:
            raise CheckpointMismatch(
                f"{folder / 'tokenizer_config.json'} names no known token to begin with."
            )
        return cls(plain, names, names[bos])

    def encode(self, instruction: str) -> list[int]:
        """[bos], the ids of ``instruction`` as plain text, [separator]: what comes before the image start."""
        ids: list[int] = self._plain.encode(instruction, add_special_tokens=False).ids
        return [self.bos, *ids, self._id(SEPARATOR)]

    def vocabulary(self) -> Vocabulary:
        """The ids with a role, found by their names; raises CheckpointMismatch if one is missing."""
        codes = list(self._run(code_name))
        if not codes or codes != list(range(codes[0], codes[0] + len(codes))):
            raise CheckpointMismatch(
                "tokenizer.json must hold the code tokens <MOVQGAN00000> onwards, in order."
            )
        return Vocabulary(
            bos=self.bos,
            separator=self._id(SEPARATOR),
            image_start=self._id(IMAGE_START),
            image_end=self._id(IMAGE_END),
            new_line=self._id(NEW_LINE),
            sizes=tuple(self._run(size_name)),
            first_code=codes[0],
            num_codes=len(codes),
        )

    def _id(self, name: str) -> int:
        if name not in self._names:
            raise CheckpointMismatch(f"tokenizer.json lacks the token {name}.")
        return self._names[name]

    def _run(self, name_of: Any) -> Iterator[int]:
        """The ids of name_of(0), name_of(1), … as far as the names exist."""
        names = (name_of(index) for index in range(len(self._names)))
        return (self._names[name] for name in takewhile(self._names.__contains__, names))


def _bos_name(config: Mapping[str, Any]) -> str:
    """The token to begin with: the tokenizer's own, or for want of one (as in Qwen) its end token."""
    token = config.get("bos_token") or config.get("eos_token") or ""
    return str(token["content"] if isinstance(token, dict) else token)
