"""Every field of words is read by the model in its world's plain form, and stays as it was typed."""

import pytest
from PIL import Image

from lumina.errors import InputError
from lumina.model.config import MODELS
from lumina.runtime.fake import FakePipeline
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, read

TABLE = Image.new("RGB", (128, 128), "white")
DRAWN = [task for task in TASKS.values() if issubclass(task, DrawingTask)]
GIVEN = {"image": TABLE, "condition": TABLE, "seed": 1}


def asked(task: type[DrawingTask], text: str) -> DrawingTask:
    given = {name: value for name, value in GIVEN.items() if name in task.model_fields}
    return read(task, {**given, **dict.fromkeys(task.word_fields(), text)})


@pytest.mark.parametrize("task", [task for task in DRAWN if task.spoken], ids=lambda task: task.name)
@pytest.mark.parametrize("typed", ["A Red Cube.", "“a red\u00a0cube”", "a\u200b red\ncube", "A RED CUBE!"])
def test_the_model_reads_plain_words_and_the_recipe_keeps_what_was_typed(
    task: type[DrawingTask], typed: str
) -> None:
    plain, loud = asked(task, "a red cube"), asked(task, typed)
    pictures = [finish(each.run(FakePipeline())).image[0] for each in (plain, loud)]
    assert pictures[0].drawing.digest == pictures[1].drawing.digest
    assert set(task.word_fields()) >= {task.spoken}
    assert all(getattr(pictures[1].task, name) == typed for name in task.word_fields())
    assert not loud.unknown_words(MODELS["tabletop"]) or task.name == "edit"


def test_a_published_model_reads_what_was_typed() -> None:
    task = asked(TASKS["text_to_image"], "A Red Cube.")
    assert task.as_read(MODELS["omni"]) is task and task.unknown_words(MODELS["omni"]) == ()
    omni = FakePipeline(MODELS["omni"])
    assert "A Red Cube." in task.resolved(omni).request(omni).instruction


@pytest.mark.parametrize("text", ["...", "\u200b", "!?", "\u00a0", "“”"])
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="must not be empty; say what to draw"):
        asked(TASKS["text_to_image"], text)


def test_a_picture_among_letters_is_refused_only_where_it_cannot_be_read() -> None:
    task = asked(TASKS["text_to_image"], "🐱")
    with pytest.raises(InputError, match="prompt: there is no word in it"):
        finish(task.run(FakePipeline()))
    assert task.as_read(MODELS["omni"]) is task
