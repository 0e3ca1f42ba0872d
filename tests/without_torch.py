"""``lumina`` where nothing of a model can be imported: ``python -m tests.without_torch ARGUMENT…``.

Without arguments it runs the commands that come on stdin, a JSON list of arguments a line, and answers each
with its exit code and what it printed.
"""

import json
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MISSING = ("torch", "safetensors", "tokenizers")


class WithoutModels(MetaPathFinder):
    """As in an environment into which they were never installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def answer(line: str) -> str:
    from typer.testing import CliRunner

    from lumina.cli.main import app

    result = CliRunner().invoke(app, json.loads(line))
    assert not set(MISSING) & set(sys.modules)
    return json.dumps([result.exit_code, result.stdout, repr(result.exception or "")])


if __name__ == "__main__":
    sys.meta_path.insert(0, WithoutModels())
    if sys.argv[1:]:
        from lumina.__main__ import main

        main()
    for command in sys.stdin:
        sys.stdout.write(answer(command) + "\n")
        sys.stdout.flush()
