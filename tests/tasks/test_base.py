"""What every task shares: reading values, defaults, variations, progress, closing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.errors import InputError
from lumina.runtime.events import RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.partial_codes import PartialCodes
from lumina.sampler.options import MAX_SEED
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks import TASKS
from lumina.tasks.base import Task, is_advanced, read
from lumina.tasks.text_to_image import TextToImage
from tests.runtime.asking import going_on


def ask(**changes: Any) -> TextToImage:
    return read(TextToImage, {"prompt": "a red cube", "seed": 3, **changes})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"prompt": ""}, "prompt: must not be empty"),
        ({"prompt": " \n"}, "prompt: must not be empty"),
        ({"prompt": "a" * 2001}, "prompt: must have at most 2,000 characters, this has 2,001"),
        ({"prompt": None}, "prompt: must be text, not null"),
        ({"prompt": ["a"]}, "prompt: must be text, not a list."),
        ({"prompt": {"a": 1}}, "prompt: must be text, not an object."),
        ({"prompt": True}, "prompt: must be text, not true."),
        ({"prompt": "\ud800"}, "prompt: must be readable text"),
        ({}, "prompt: is missing"),
        ({"prompt": "a", "width": 0}, "width: must be at least 32, not 0"),
        ({"prompt": "a", "height": 100_000}, "height: must be at most 4,096, not 100000"),
        ({"prompt": "a", "width": 100}, "width: must be a multiple of 32, not 100"),
        ({"prompt": "a", "guidance_scale": float("nan")}, "guidance_scale: must be a finite number, not NaN"),
        ({"prompt": "a", "guidance_scale": "nan"}, "guidance_scale: must be a finite number, not 'nan'"),
        ({"prompt": "a", "temperature": float("inf")}, "temperature: must be a finite number, not Infinity"),
        ({"prompt": "a", "top_k": "many"}, "top_k: must be a whole number, not 'many'"),
        ({"prompt": "a", "top_p": 0}, "top_p: must be at least 0.001, not 0"),
        ({"prompt": "a", "seed": -1}, f'seed: must be a whole number from 0 to {MAX_SEED} or "random"'),
        ({"prompt": "a", "seed": "lucky"}, "seed: must be a whole number"),
        ({"prompt": "a", "seed": True}, "seed: must be a whole number"),
        ({"prompt": "a", "seed": 2**63}, "seed: must be a whole number"),
        ({"prompt": "a", "dtype": "int4"}, "dtype: must be 'float32', 'bfloat16' or 'float64', not 'int4'"),
        ({"prompt": "a", "rerolls": [[1]]}, "rerolls.0: has too few entries"),
        ({"prompt": "a", "rerolls": [[1, 1]] * 65}, "rerolls: must have at most 64 entries"),
        ({"prompt": "a", "variations": 5}, "variations: must be at most 4, not 5"),
        ({"prompt": "a", "colour": "red"}, "colour: is not an input here"),
        ({"prompt": "", "width": 0}, "width: must be at least 32, not 0"),
    ],
)  # fmt: skip
def test_wrong_values_are_one_sentence(values: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(TextToImage, values)
    sentence = str(caught.value)
    assert words in sentence
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 250


@pytest.mark.parametrize(("given", "seed"), [("7", 7), (7.0, 7), ("random", "random"), (MAX_SEED, MAX_SEED)])
def test_seeds_come_in_many_forms(given: object, seed: object) -> None:
    assert ask(seed=given).seed == seed


@given(
    st.dictionaries(
        st.sampled_from([*TextToImage.model_fields, "other"]), st.none() | st.text() | st.floats()
    )
)
def test_any_values_are_read_or_refused(values: dict[str, Any]) -> None:
    try:
        assert isinstance(read(TextToImage, values), TextToImage)
    except InputError as error:
        assert str(error).endswith(".")


def test_defaults_come_from_the_model_and_the_settings() -> None:
    pipeline = FakePipeline(settings=Settings(window=4, dtype="bfloat16"))
    task = ask(seed="random").resolved(pipeline)
    assert isinstance(task.seed, int)
    assert (task.guidance_scale, task.temperature, task.top_p) == (
        pipeline.spec.guidance_scale,
        pipeline.spec.temperature,
        pipeline.spec.of_task["text_to_image"]["top_p"],
    )
    assert (task.window, task.dtype, task.width) == (4, "bfloat16", pipeline.spec.default_size[0])
    assert task.resolved(FakePipeline()) == task
    assert ask(guidance_scale=0.0).resolved(pipeline).guidance_scale == 0.0


def test_random_seeds_differ() -> None:
    task = ask(seed="random")
    assert len({task.resolved(FakePipeline()).seed for _ in range(5)}) == 5


def test_each_variation_is_a_task_of_its_own() -> None:
    pipeline = FakePipeline()
    output = finish(ask(variations=4).run(pipeline))
    assert [picture.task.seed for picture in output.image] == [3, 4, 5, 6]
    for picture in output.image:
        assert picture.task.variations == 1 and picture.task.seed == picture.drawing.seed
        assert finish(picture.task.run(pipeline)).image[0].drawing.digest == picture.drawing.digest


def test_seeds_wrap_around_at_the_last_one() -> None:
    assert [task.seed for task in ask(seed=MAX_SEED, variations=2).singles()] == [MAX_SEED, 0]


def test_progress_counts_over_all_variations() -> None:
    steps = list(ask(variations=2).run(FakePipeline()))
    rows = [step for step in steps if isinstance(step, RowDrawn)]
    assert [row.done for row in rows] == list(range(1, 33)) and {step.total for step in steps} == {32}
    assert [row.index for row in rows] == [0] * 16 + [1] * 16


def test_a_stopped_picture_knows_its_row_and_continues() -> None:
    fake = FakePipeline()
    stopped = finish(ask(stop_row=5).run(fake)).image[0]
    assert stopped.task.stop_row == 5
    replayed = finish(stopped.task.run(fake)).image[0]
    assert replayed.drawing.digest == stopped.drawing.digest and replayed.task == stopped.task
    whole = stopped.task.model_copy(update={"stop_row": None})
    (continued,) = going_on(whole, fake, stopped.drawing.codes)
    assert continued.drawing.digest == finish(ask().run(fake)).image[0].drawing.digest
    assert continued.task.stop_row is None


def test_finished_variations_are_kept_when_the_rest_continues() -> None:
    fake, partial = FakePipeline(), PartialCodes()
    for event in ask(variations=2).run(fake):
        partial.take(event)
        if event.done == 20:
            break
    pictures = going_on(ask(variations=2), fake, *partial.all)
    assert [picture.drawing.forwards for picture in pictures] == [0, 12]


def test_closing_stops_the_pipeline() -> None:
    closed = []

    class Watched(FakePipeline):
        def draw(self, requests: Any) -> Any:
            try:
                yield from super().draw(requests)
            finally:
                closed.append(True)

    steps = ask().run(Watched())
    next(steps)
    steps.close()
    assert closed == [True]


def test_a_model_is_not_asked_for_what_it_cannot_do() -> None:
    pipeline = FakePipeline()
    pipeline.spec = type(pipeline.spec)(**{**vars(pipeline.spec), "tasks": ("edit",)})
    with pytest.raises(InputError, match="Tabletop cannot do text_to_image; it can do: edit"):
        finish(ask().run(pipeline))


@pytest.mark.parametrize("task", TASKS.values())
def test_every_task_is_complete(task: type[Task]) -> None:
    assert TASKS[task.name] is task and task.title and task.__doc__
    assert task.Output.model_fields or task.name == "note"
    assert list(task.inputs()) != [] and set(task.inputs()) == set(task.model_fields)
    for name, field in task.model_fields.items():
        assert field.title and field.description, name
    advanced = [is_advanced(field) for field in task.inputs().values()]
    assert advanced == sorted(advanced)


def test_every_task_class_is_listed() -> None:
    pending, classes = [Task], set()
    while pending:
        found = [c for c in pending.pop().__subclasses__() if c.__module__.startswith("lumina.")]
        pending += found
        classes |= {c for c in found if not c.__abstractmethods__}
    assert classes == set(TASKS.values())


def test_codes_are_given_back_as_they_were_drawn() -> None:
    picture = finish(ask(stop_row=2).run(FakePipeline())).image[0]
    assert picture.image is picture.drawing.image
    assert picture.drawing.codes.dtype == np.int64
