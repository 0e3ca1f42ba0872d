"""The task that docs/adding-a-task.md writes down works as it stands there."""

import re
from pathlib import Path
from typing import Any

from lumina.pipeline.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks.base import Task, read

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-task.md"
IMPORTS = """
from typing import ClassVar, Literal
from pydantic import Field
from lumina.pipeline.drawing import Motif
from lumina.tasks.base import DrawingTask
"""


def test_the_documented_task_draws() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "documented"}
    exec(IMPORTS + code, names)
    portrait: type[Task] = names["Portrait"]
    pipeline = FakePipeline()
    pipeline.spec = type(pipeline.spec)(**{**vars(pipeline.spec), "tasks": ("portrait",)})
    output = finish(read(portrait, {"person": "Ada", "style": "pencil"}).run(pipeline))
    assert output.image[0].drawing.is_complete
