"""The app's one way to its model: loads it once and runs all its work through a single generator.

On a Hugging Face ZeroGPU Space that generator is handed to ``spaces.GPU``, which runs it in a forked
process that owns a GPU; everywhere else it is called as it is. Import this module before torch.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any, TypeAlias

import gradio as gr
from numpy.typing import NDArray

from lumina.errors import InputError, LuminaError, ModelError
from lumina.runtime.drawing import Painter
from lumina.steps import Progress, Steps
from lumina.tasks.base import Task

ON_ZEROGPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in {"1", "t", "true"}
if ON_ZEROGPU:
    import spaces

_TAGS = re.compile(r"<[^>]*>")
SECONDS_PER_PICTURE = 30  # what ZeroGPU reserves; only the time really used is charged

log = logging.getLogger(__name__)

Drawn: TypeAlias = Sequence[NDArray[Any]]


@dataclass(frozen=True)
class Done:
    """The task's result; a generator's return value would not cross the border between processes."""

    result: Any


@dataclass(frozen=True)
class Refused:
    """A sentence for the person, and whether it is their input that has to change."""

    sentence: str
    is_input: bool


Answer: TypeAlias = Progress | Done | Refused
Work: TypeAlias = Callable[[Task, Drawn], Iterator[Answer]]


class Workshop:
    """Holds the model once it is loaded, and runs tasks with it: one at a time where there is one device."""

    def __init__(self, load: Callable[[], Painter]) -> None:
        self._load = load
        self._loaded: Future[Painter] = Future()
        self._turn = nullcontext() if ON_ZEROGPU else Lock()
        self._work = _on_gpu(self._worker())

    def open(self) -> None:
        """Start to load the model: in the background, or at once on ZeroGPU, which packs it at launch."""
        if ON_ZEROGPU:
            self._fill()
        else:
            Thread(target=self._fill, name="load-model", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for the model; True once it is loaded or has failed to."""
        try:
            self._loaded.exception(timeout=seconds)
        except NotYet:
            return False
        return True

    @property
    def painter(self) -> Painter:
        """The loaded model; raises ModelError with the reason why there is none."""
        if not self._loaded.done():
            raise ModelError("The model is still loading; try again in a few seconds.")
        return self._loaded.result()

    def run(self, task: Task, drawn: Drawn = ()) -> Steps[Any]:
        """Run ``task`` on the loaded model; ``drawn[i]`` [k, cols] are rows its picture i has already.

        Raises InputError or ModelError. Closing the generator ends the work at its next step.
        """
        with self._turn:
            answers = self._work(task, drawn)
            try:
                for answer in answers:
                    if isinstance(answer, Progress):
                        yield answer
                    elif isinstance(answer, Done):
                        return answer.result
                    else:
                        raise (InputError if answer.is_input else ModelError)(answer.sentence)
            except gr.Error as error:  # how ZeroGPU says that a visitor's time is used up, for one
                raise ModelError(_TAGS.sub("", str(error.message))) from error
            finally:
                answers.close()  # type: ignore[attr-defined]
        raise ModelError("The drawing ended before it was finished; try again.")

    def _worker(self) -> Work:
        """The one generator; a plain function, so that only its arguments have to be pickled."""

        def work(task: Task, drawn: Drawn) -> Iterator[Answer]:
            try:
                keep = {"drawn": drawn} if drawn else {}
                yield Done((yield from task.run(self.painter, **keep)))
            except LuminaError as error:
                yield Refused(str(error), isinstance(error, InputError))

        return work

    def _fill(self) -> None:
        try:
            self._loaded.set_result(self._load())
        except LuminaError as error:
            self._loaded.set_exception(error)
        except Exception:
            log.exception("The model could not be loaded.")
            sentence = "The model could not be loaded; the log of the server says why."
            self._loaded.set_exception(ModelError(sentence))


def _on_gpu(work: Work) -> Work:
    if not ON_ZEROGPU:
        return work
    decorated: Work = spaces.GPU(work, duration=_reservation)
    return decorated


def _reservation(task: Task, drawn: Drawn) -> int:
    """Seconds of GPU time to ask for."""
    return SECONDS_PER_PICTURE * int(getattr(task, "variations", 1)) * int(getattr(task, "best_of", 1))
