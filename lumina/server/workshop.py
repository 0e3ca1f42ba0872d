"""The app's one way to its model: loads it once and runs all its work through a single generator."""

import logging
import re
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Event, Thread

import gradio as gr

from lumina.errors import InputError, LuminaError, ModelError
from lumina.faults import NO_MEMORY, is_out_of_memory, memory_sentence, note
from lumina.model.config import ModelSpec
from lumina.runtime.content_check import ContentCheck, refusal
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent, Finished, Refused, RowDrawn
from lumina.runtime.painter import Painter
from lumina.runtime.request import DrawRequest
from lumina.server.cost import CostModel
from lumina.server.drawing_time import timed
from lumina.server.metrics import Counts
from lumina.server.zerogpu import ON_ZEROGPU, Message, Work, on_gpu
from lumina.settings import Settings
from lumina.steps import Following, Steps

_TAGS = re.compile(r"<[^>]*>")
RESTARTING = "The studio is being restarted; what is drawn is kept. Go on in a minute."

log = logging.getLogger(__name__)


class Workshop:
    """The painter of the app: holds the model once it is loaded."""

    def __init__(self, load: Callable[[], Painter], check: ContentCheck | None = None) -> None:
        """``check`` looks at what is given and drawn; what it refuses is kept from sight."""
        self._load, self._check = load, check
        self._loaded: Future[Painter] = Future()
        self.cost, self.counts = CostModel(), Counts()
        self._work = on_gpu(self._worker(), self.cost)
        self._closed = Event()

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
            return self._closed.is_set()
        return True

    def close(self) -> None:
        """Draw nothing more: what is being drawn ends at its next row, with a sentence."""
        self._closed.set()

    @property
    def painter(self) -> Painter:
        """The loaded model; raises ModelError with the reason why there is none."""
        self._check_open()
        if not self._loaded.done():
            raise ModelError("The model is still loading; try again in a few seconds.")
        return self._loaded.result()

    @property
    def spec(self) -> ModelSpec:
        """See Painter."""
        return self.painter.spec

    @property
    def settings(self) -> Settings:
        """See Painter."""
        return self.painter.settings

    @property
    def model(self) -> str:
        """See Painter."""
        return self.painter.model

    @property
    def device(self) -> str:
        """See Painter."""
        return self.painter.device

    @property
    def pixels_per_code(self) -> int:
        """See Painter."""
        return self.painter.pixels_per_code

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """See Painter. Closing the generator ends the work at its next event."""
        with self.counts.drawing(len(requests)):
            if self._check is None:
                return (yield from self._draw(requests))
            return (yield from self._looked_at(self._check, requests))

    def _looked_at(
        self, check: ContentCheck, requests: Sequence[DrawRequest]
    ) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """The same; a picture that is refused never comes, and the others come all the same."""
        refused = 0
        try:
            check.check_given(requests)
        except InputError:
            self.counts.refuse("content")
            raise
        with Following(self._draw(requests)) as events:
            for event in events:
                if isinstance(event, Finished) and check.refuses(event.drawing.image):
                    self.counts.refuse("content")
                    refused += 1
                else:
                    yield check.veiled(event)
        if refused:
            raise refusal(refused, len(requests))
        return events.result

    def _draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        drawings: dict[int, Drawing] = {}
        began: float | None = None
        messages = self._work(tuple(requests))
        try:
            for message in timed(messages):
                began = began or time.monotonic()  # waiting for a GPU is no drawing
                self._check_open()
                if isinstance(message, Refused):
                    raise message.error()
                if isinstance(message, RowDrawn):
                    self.counts.add("rows_total", len(message.codes))
                if isinstance(message, Finished):  # a result would not cross the border by itself
                    drawings[message.index] = message.drawing
                yield message
        except gr.Error as error:  # how ZeroGPU says that a visitor's time is used up, for one
            raise ModelError(_TAGS.sub("", str(error.message))) from error
        finally:
            messages.close()
        if len(drawings) < len(requests):
            raise ModelError("The drawing ended before it was finished; try again.")
        self.cost.note(requests, time.monotonic() - began if began else 0.0)
        return tuple(drawings[index] for index in range(len(requests)))

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise ModelError(RESTARTING)

    def _worker(self) -> Work:
        """The one generator; a plain function, so that only its arguments have to be pickled."""

        def work(requests: tuple[DrawRequest, ...]) -> Generator[Message, None, None]:
            try:
                yield from self.painter.draw(requests)
            except LuminaError as error:
                yield Refused.of(error)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                note(log, "A drawing failed:", error)
                yield Refused.of(ModelError(NO_MEMORY))

        return work

    def _fill(self) -> None:
        try:
            self._loaded.set_result(self._load())
        except LuminaError as error:
            self._loaded.set_exception(error)
        except Exception as error:
            sentence = "The model could not be loaded; the log of the server says why."
            if is_out_of_memory(error):
                sentence = memory_sentence(error)
                log.error("The model could not be loaded. %s", sentence)
            else:
                log.exception("The model could not be loaded.")
            self._loaded.set_exception(ModelError(sentence))
