"""What a program calls: an endpoint with parameters and returns as JSON schemas, its work a generator."""

import inspect
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import get_blocks_context
from gradio.data_classes import FileData

from lumina.errors import LuminaError, ModelError
from lumina.faults import note, sentence_of
from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec
from lumina.server.admission import Admission
from lumina.server.drawing_time import measured
from lumina.server.janitor import Janitor, named_in
from lumina.server.workshop import Workshop
from lumina.steps import Following, Progress, Steps
from lumina.tasks.base import Picture, Task, Values, remarks_of, words_unknown
from lumina.ui.events import DRAWS, LOOK_AGAIN
from lumina.ui.refusals import UNFIT
from lumina.worlds.language import told

PATIENCE = 300.0  # seconds that a program waits for a model that is still loading
SENT_PICTURE = (
    "A picture: an uploaded file (or its address here), a data URL, or the file in base64; PNG, JPEG or WebP."
)

UNREAD = (  # notes beside a recipe or results
    "x-unknown-words lists the words that the model does not know, x-not-drawn those that it knows and does "
    "not draw, with why; x-remark is a sentence beside a picture."
)

Schema = JsonObject
Work = Steps[Progress, tuple[Any, ...]]

log = logging.getLogger(__name__)


class Endpoint:
    """What a program calls: its parameters and returns as JSON schemas by name, and the work it asks for.

    ``work`` gets the parameters that were given, by name; its steps tell how far it is.
    """

    def __init__(
        self,
        name: str,
        about: str,
        parameters: Mapping[str, Schema],
        returns: Mapping[str, Schema],
        work: Callable[[Values], Work],
    ) -> None:
        self.name, self.about = name, about
        self.parameters, self.returns = parameters, returns
        self._work = work

    def place(self) -> None:
        """Add it to the page that is being built."""
        page = get_blocks_context()
        assert page is not None, "Endpoints belong to a page."
        inputs = [_api(each) for each in self.parameters.values()]
        page.set_event_trigger(
            [],
            self.function(),
            inputs,
            [_api(each) for each in self.returns.values()],
            preprocess=False,
            postprocess=False,
            api_name=self.name,
            api_description=self.about,
            trigger_mode=None,
            **(DRAWS | {"api_visibility": "public"}),
        )

    def function(self) -> Callable[..., Iterator[Any]]:
        """As Gradio calls it: a generator, so that a caller who cancels or hangs up frees the model."""

        def answer(*values: Any) -> Iterator[Any]:
            *given, progress = values
            nothing = None if len(self.returns) == 1 else (None,) * len(self.returns)
            try:
                with Following(self._work(self._named(given))) as work:
                    for step in work:
                        progress((step.done, step.total), unit=step.unit)
                        yield nothing
                yield work.result if len(self.returns) > 1 else work.result[0]
            except LuminaError as error:
                raise gr.Error(str(error), print_exception=False) from error
            except Exception as error:
                note(log, f"A call of {self.name} failed:", error)
                raise gr.Error(sentence_of(error), print_exception=False) from None

        answer.__name__ = self.name  # what a tool is called
        answer.__doc__ = self._docstring()
        answer.__signature__ = inspect.Signature(self._signature())  # type: ignore[attr-defined]
        return answer

    def _docstring(self) -> str:
        """As Gradio reads the parameters of a tool from."""
        lines = [f"    {name}: {schema['description']}" for name, schema in self.parameters.items()]
        return "\n".join([self.about, "", "Args:", *lines])

    def _signature(self) -> list[inspect.Parameter]:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        names = [
            inspect.Parameter(name, kind, default=schema.get("default", inspect.Parameter.empty))
            for name, schema in self.parameters.items()
        ]
        return [*names, inspect.Parameter("progress", kind, default=gr.Progress())]

    def _named(self, values: Sequence[Any]) -> Values:
        """The values by name, without those left open."""
        names = zip(self.parameters, values, strict=True)
        return {name: value for name, value in names if value is not None}


class Page(gr.Blocks):
    """The page; what programs send reaches their endpoints as it is, and no file in it is fetched.

    Whatever goes wrong becomes one sentence, and the log hears where, but not of what. ``admission`` stands
    before its queue and hears how long each step drew; ``files`` is where what people bring and get lies.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.admission: Admission | None = None
        self.files = Janitor(Path(self.GRADIO_CACHE), in_use=self._awaited, forget=self._forget)

    def _awaited(self) -> frozenset[str]:
        """The uploads that calls in the queue name."""
        events = list(self._queue.event_ids_to_events.values())
        return frozenset(name for event in events if event.data for name in named_in(event.data.data))

    def _forget(self, gone: Collection[Path]) -> None:
        names = [str(path) for path in gone]
        for known in self.temp_file_sets:
            known.difference_update(names)

    async def process_api(self, block_fn: Any, *args: Any, **more: Any) -> Any:
        """As Gradio's, which would print a fault with all that was sent, and answer null."""
        with measured() as step:
            try:
                return await self._processed(block_fn, *args, **more)
            finally:
                if self.admission is not None:
                    request = getattr(more.get("request"), "request", None)
                    self.admission.spend(block_fn, request, step.seconds)

    async def _processed(self, block_fn: Any, *args: Any, **more: Any) -> Any:
        try:
            return await super().process_api(block_fn, *args, **more)
        except gr.Error as error:
            if not error.print_exception:
                raise
            note(log, "A call does not fit:", error)
            raise gr.Error(UNFIT, print_exception=False) from None
        except Exception as error:
            note(log, "A call failed:", error)
            raise gr.Error(sentence_of(error), print_exception=False) from None

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> list[Any]:
        """As Gradio's, which would fetch addresses and refuse files without a word."""
        wanted = len(block_fn.inputs)
        if not wanted or not all(isinstance(each, Api) for each in block_fn.inputs):
            try:
                read: list[Any] = await super().preprocess_data(block_fn, inputs, state, explicit_call)
            except (ValueError, TypeError, KeyError, AttributeError, IndexError, OSError) as error:
                raise gr.Error(UNFIT) from error
            return read
        if len(inputs) != wanted:
            says = f"{block_fn.name} takes {wanted} values, not {len(inputs)}; send null for those left out."
            raise gr.Error(says, print_exception=False)
        return list(inputs)


def _api(schema: Schema) -> Api:
    """A parameter, or what is returned."""
    # Gradio takes any schema, whatever its annotation says.
    return Api(schema.get("default"), schema, str(schema["title"]))  # type: ignore[arg-type]


def file_schema(title: str, description: str) -> Schema:
    """Of a file that an endpoint returns."""
    return {**FileData.model_json_schema(), "title": title, "description": description}


def described(schema: Schema) -> Schema:
    """With its description under Gradio's own key too, which its clients show."""
    return schema | {"additional_description": schema["description"]}


def unread(tasks: Iterable[Task], spec: ModelSpec) -> JsonObject:
    """Notes of the words that the model does not know, and of what it does not draw, each once."""
    return {f"x-{name.replace('_', '-')}": words for name, words in told(words_unknown(tasks, spec)).items()}


def remarked(drawn: Iterable[Picture], spec: ModelSpec) -> JsonObject:
    """A note of what the tasks have to say beside their pictures, each sentence once."""
    found = remarks_of(drawn, spec)
    return {"x-remark": " ".join(found)} if found else {}


def until_loaded(workshop: Workshop) -> Steps[Progress, None]:
    """Wait for the model; a caller may hang up meanwhile."""
    end = time.monotonic() + PATIENCE
    while not workshop.wait(LOOK_AGAIN):
        if time.monotonic() > end:
            raise ModelError("The model is still loading; try again later.")
        yield Progress(0, 1, "model")


def file_made(png: bytes, name: str, files: Janitor) -> JsonObject:
    """A PNG among ``files``, as Gradio's clients take files; raises LuminaError where there is no room."""
    return FileData(path=str(files.keep(png, name)), orig_name=name, mime_type="image/png").model_dump()
