"""A tab made from a task: its form on one side, the easel on the other, and the events between them."""

import base64
import binascii
import inspect
import json
import secrets
from collections.abc import Iterator
from functools import partial
from typing import Any, get_args

import gradio as gr

from lumina.errors import InputError, LuminaError
from lumina.model.config import ModelSpec
from lumina.runtime.rewriter import Rewriter
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Task
from lumina.tasks.conditions import EXTRACTED, is_photograph
from lumina.tasks.instructions import Kind
from lumina.tasks.panels import PanelTask, takes_map
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.comparison import ComparisonView
from lumina.ui.create import form_of, tab_of
from lumina.ui.drawing_stream import Drawing, DrawingStream, kept, refused
from lumina.ui.drawn_else import draws_words_alone, in_parts, tell_drawn_else
from lumina.ui.easel import make_easel
from lumina.ui.events import DRAWS, QUICK, SETTLES, message_of, payload_of, tell_end
from lumina.ui.examples import examples_of
from lumina.ui.forms import tell_kept_seed
from lumina.ui.free_wording import FreeWording
from lumina.ui.image_field import KnownPictures, note_picture
from lumina.ui.messages.easel import Follow, Refusal, Restored, Use
from lumina.ui.model_choice import ModelChoice
from lumina.ui.opening import opening_address, opening_words
from lumina.ui.page_pictures import picture_fields, picture_of
from lumina.ui.picture_messages import PLAIN, restored, restored_from, reworded
from lumina.ui.presets import Presets
from lumina.ui.price import Price
from lumina.ui.prompt_guide import guide_of
from lumina.ui.prompt_rewriting import PromptRewriting
from lumina.ui.saving import cut_sizes, offer_to_save
from lumina.ui.sessions import Sessions
from lumina.ui.shared_picture import unpacked
from lumina.ui.sketchpad import Sketchpad
from lumina.ui.suggested_edits import SuggestedEdits
from lumina.workflow.other_programs import OtherFile, other_file
from lumina.worlds import language_of
from lumina.worlds.language import Kind as WordKind

Outputs = tuple[Any, ...]
DECIDING = ("kind", "extract")  # what says what a picture is, or is to become, stands beside it


class TaskTab:
    """The controls of one drawing task and what they do."""

    def __init__(
        self,
        task: type[DrawingTask],
        workshop: Workshop,
        spec: ModelSpec,
        settings: Settings,
        sessions: Sessions,
        guest: gr.Textbox,
        choice: ModelChoice | None = None,
    ) -> None:
        self.task, self.spec = task, spec
        self.choice = choice
        self.sessions, self.guest = sessions, guest
        self.workshop = workshop
        self.stream = DrawingStream(workshop)
        self.language = language_of(spec.world)
        self.tried = examples_of(task, spec)
        self.pictures = picture_fields(task)
        self.form = form_of(task, spec, task.defaults(spec, settings))
        with gr.Row(elem_classes="task-tab"):
            with gr.Column(elem_classes="task-say"):
                self._lay_out_words(spec, Rewriter(settings))
            with gr.Column(elem_classes="task-see"):
                self.easel = self._make_easel(spec)
                offer_to_save(self.easel, workshop, spec)
                if task.compares:
                    ComparisonView(self.easel, task.compares, spec)
                elif spec.world and draws_words_alone(task):
                    tell_drawn_else(self.easel, spec)
            with gr.Column(elem_classes="task-set"):
                self.form.place()
                presets = Presets() if "variations" in task.model_fields else None
                with gr.Accordion("Advanced", open=False, elem_classes="advanced"):
                    self.form.place(advanced=True)
                    self.reads = self._reads_free_wording()
                    reset = gr.Button("Reset to defaults", size="sm", elem_classes="reset", min_width=0)
        self.form.listen()
        tell_kept_seed(self.form, self.kept)
        self._reset_on(reset)
        if presets is not None:
            presets.connect(self.form)
        if self.sketchpad is not None and issubclass(task, PanelTask) and task.extracts:
            self._adopt_kind(task.given, task.extracts)
            self.sketchpad.connect(self.form, task.given, task.extracts)
        self._draw_on_click()
        for wording in self.wordings:
            wording.connect(self.reads)
        if task.spoken and self._describes():
            self._suggest_words(task.spoken)

    def _make_easel(self, spec: ModelSpec) -> gr.HTML:
        """The easel; that of Create begins with a picture that was drawn before."""
        task, opening, words = self.task, "", []
        if task is TextToImage:
            opening, words = opening_address(spec), opening_words(spec)
        invite, uses = _invite(task), uses_of(spec, task.name)
        return make_easel(task.name, invite, uses, turns_of(task), opening, cut_sizes(spec), words)

    def _lay_out_words(self, spec: ModelSpec, rewriter: Rewriter) -> None:
        """What a person brings, pictures first; then the buttons and the examples."""
        self.words = [
            name
            for name, field in self.task.inputs().items()
            if field.is_required() and field.annotation is str
        ]
        if self.pictures:
            self.form.place(only=self.pictures)
            self.form.place(only=DECIDING)
        for name in self.pictures:
            known = [str(example.values.get(name)) for example in self.tried]
            own = KnownPictures(known, spec) if spec.world and not takes_map(self.task) else None
            note_picture(self.form.component(name), self.form.sizes, own)
        self.sketchpad: Sketchpad | None = None
        if issubclass(self.task, PanelTask) and self.task.extracts:
            self.sketchpad = Sketchpad(spec.kinds, self.form.sizes)
        self.wordings: list[FreeWording] = []
        kinds = self.task.word_fields()
        for name in self.words:
            self.form.place(only=[name])
            if name in kinds:
                self.wordings.append(self._free_wording(kinds[name], name))
            if rewriter and name == "prompt" and not spec.world:
                PromptRewriting(rewriter).connect(self.form.component(name))
        with gr.Row(elem_classes="go"):
            self.generate = gr.Button("Generate", variant="primary", elem_classes="generate")
            gr.Button("Stop", elem_classes="stop")
            if self._describes():
                self.suggest = gr.Button("Random prompt", elem_classes="dice suggest", min_width=0, scale=0)
        with gr.Row(elem_classes="below-go"):
            self.price = Price(self.task, self.workshop, spec)
            self.kept = gr.HTML("", elem_classes="kept-seed", apply_default_css=False)
        with gr.Row(elem_classes="examples") as row:
            self.examples = [
                gr.Button(example.label, size="sm", elem_classes="example") for example in self.tried
            ]
        self.edits: SuggestedEdits | None = None
        if spec.world and (given := turns_of(self.task)):
            self.edits = SuggestedEdits(spec, self.form.sizes)
            self.edits.connect(self.form.component(given), row)

    def _free_wording(self, kind: WordKind, name: str) -> FreeWording:
        """Help with a field of words; a prompt alone can be drawn by another model, too."""
        words: Any = self.form.component(name)
        if self.choice is None or not draws_words_alone(self.task):
            return FreeWording(self.spec, kind, words)
        wording = FreeWording(self.spec, kind, words, self.choice.others(self.task.name))
        wording.move_on(self.choice, self.task.name)
        return wording

    def _draw_on_click(self) -> None:
        form: list[Any] = [self.guest, *self._settings()]
        outputs = [self.easel, self.form.component("seed")]
        runs = self._draw_from_form(form, outputs)
        for button, example in zip(self.examples, self.tried, strict=True):
            filled: list[Any] = [self.form.component(name) for name in example.values]
            values = list(example.values.values())
            written = button.click(
                None,
                None,
                filled,
                js=f"() => {json.dumps(values if len(values) > 1 else values[0])}",
                **QUICK,
            )
            runs.append(written.then(self._generate, form, outputs, **DRAWS))
        runs += self._draw_suggested(form, outputs)
        runs.append(self.easel.resume(self._resume, self.guest, outputs, **DRAWS))
        runs.append(self.easel.reroll(self._reroll, self.guest, outputs, **DRAWS))
        if self.language is not None and self.task.spoken == "prompt":
            told = [*outputs, self.form.component("prompt")]
            runs.append(self.easel.reword(self._reword, self.guest, told, **DRAWS))
        for run in runs:
            tell_end(run, "lumina-ended", self.task.name)
        self.price.listen(self.form, runs)
        self.easel.halt(None, cancels=runs, **QUICK)
        self.easel.halted(self._settle, None, self.easel, **SETTLES)
        filled = self.easel.restore(self._restore, None, [self.easel, *self.form.components], **QUICK)
        tell_end(filled, f"lumina-filled-{self.task.name}")

    def _draw_suggested(self, form: list[Any], outputs: list[Any]) -> list[Any]:
        """What a click on a suggested edit does: it is the instruction, and is drawn."""
        if self.edits is None or not self.task.spoken:
            return []
        words = self.form.component(self.task.spoken)
        clicks = [
            button.click(None, button, words, js="(text) => text", **QUICK) for button in self.edits.buttons
        ]
        return [written.then(self._generate, form, outputs, **DRAWS) for written in clicks]

    def _draw_from_form(self, form: list[Any], outputs: list[Any]) -> list[Any]:
        """What Generate does; with a sheet to draw on, what is drawn there goes into the form first, and what
        follows it does the same."""
        if self.sketchpad is None:
            return [self.generate.click(self._generate, form, outputs, **DRAWS)]
        sheet = self.sketchpad
        places = [self.form.components.index(part) for part in sheet.outputs[:2]]

        def generate(*raw: Any, series: str = "") -> Iterator[Outputs]:
            count = len(sheet.inputs)
            used, (guest, *values) = sheet.used(*raw[:count]), raw[count:]
            for place, value in zip(places, used, strict=False):
                values[place] = values[place] if is_skipped(value) else value
            yield gr.skip(), gr.skip(), *used  # the page has the new condition before it hears of the run
            for step in self._generate(guest, *values, series=series):
                yield *step, *[gr.skip()] * len(used)

        def follow(event: gr.EventData, *raw: Any) -> Iterator[Outputs]:
            try:
                asked = message_of(event._data, Follow)
            except LuminaError as error:
                yield from ((*step, *[gr.skip()] * len(sheet.outputs)) for step in _shown(refused(error)))
                return
            yield from generate(*raw, series=asked.series)

        inputs, told = [*sheet.inputs, *form], [*outputs, *sheet.outputs]
        begins: list[tuple[Any, Any]] = [(self.generate.click, generate), (self.easel.follow, follow)]
        return [begin(act, inputs, told, **DRAWS) for begin, act in begins]

    def _reset_on(self, button: gr.Button) -> None:
        """Every setting as it was at first; words and pictures stay."""
        brought = [self.form.component(name) for name in (*self.pictures, *self.words)]
        settings: list[Any] = [part for part in self._settings() if part not in brought]
        first = json.dumps([part.value for part in settings])
        button.click(None, None, settings, js=f"() => {first}", **QUICK)

    def _reads_free_wording(self) -> gr.Checkbox | None:
        """The switch of the reader, where the world has one for these words."""
        if self.language is None or not self.task.word_fields():
            return None
        return gr.Checkbox(
            True,
            label="Understand free wording",
            info="Draw what is meant by other words, as is shown below them.",
        )

    def _settings(self) -> list[Any]:
        """Everything that is filled in, the switch of the reader last."""
        return [*self.form.components, *([self.reads] if self.reads is not None else [])]

    def _describes(self) -> bool:
        """Whether a person describes a picture, so that a sentence can be suggested; else they change one."""
        return self.task.spoken is not None and not turns_of(self.task)

    def _suggest_words(self, spoken: str) -> None:
        words: Any = self.form.component(spoken)
        guide = guide_of(self.spec)
        words.placeholder = guide.knows or words.placeholder
        self.suggest.click(guide.suggest, None, words, **QUICK)

    def _adopt_kind(self, given: str, extracts: str) -> None:
        """A map that another tab has drawn brings its kind; of another picture it is still to be made."""
        field: Any = self.form.component(given)
        kind, extract = self.form.component("kind"), self.form.component(extracts)
        field.brought(kind_of, kind, [kind, extract], **QUICK)
        field.put(kind_of_file, [field, kind], [kind, extract], **QUICK)

    def remember(self, page: gr.Blocks, model: str) -> None:
        """Keep in the browser what differs from the defaults, without asking the server, and fill it on the
        next visit: each model has its own, and a choice that it no longer offers is let go."""
        fields = [self.form.component(name) for name in self.pictures]
        form: list[Any] = [part for part in self._settings() if part not in fields]
        key = f"lumina-{model}-{self.task.name}"
        draft = gr.BrowserState(storage_key=key, secret="nothing secret in here")
        defaults = json.dumps([part.value for part in form])
        offered = json.dumps([[c[1] for c in getattr(part, "choices", None) or ()] for part in form])
        differing = f"(...values) => [window.lumina.differing(values, {defaults})]"
        gr.on([part.change for part in form], None, form, draft, js=differing, **QUICK)
        words = self.task.spoken if self.task.spoken in self.words else None
        place = form.index(self.form.component(words)) if words else -1
        filled = f"(kept) => window.lumina.filled(kept, {defaults}, {offered}, '{self.task.name}', {place})"
        page.load(None, draft, form, js=filled, **QUICK)

    def lead_to(self, tabs: gr.Tabs) -> None:
        """Open the tab that a picture is to be used in; the page itself carries the picture there."""
        self.easel.use(_opened, None, tabs, **QUICK)

    def _generate(self, guest: str, *raw: Any, series: str = "") -> Iterator[Outputs]:
        fields = raw if self.reads is None else raw[:-1]
        try:
            task = self.form.read(fields)
        except LuminaError as error:
            return (yield from _shown(refused(error)))
        assert isinstance(task, DrawingTask)
        if self.reads is not None and raw[-1]:
            task = task.understood(self.spec)[0]  # before the model is loaded, too
        if self.language is not None and draws_words_alone(type(task)):
            yield gr.HTML(words=in_parts(task.summary(), self.language)), gr.skip()
        if series:  # with all that is asked for but the drawing itself
            series += task.model_dump_json(exclude=set(self.pictures))
        yield from _shown(self._kept(guest, self.stream.new(task), series))

    def _resume(self, guest: str, event: gr.EventData) -> Iterator[Outputs]:
        yield from _shown(self._kept(guest, self.stream.resumed(event._data)))

    def _settle(self, event: gr.EventData) -> Any:
        view = self.stream.settled(payload_of(event))
        return gr.skip() if view is None else gr.HTML(view=view)

    def _reroll(self, guest: str, event: gr.EventData) -> Iterator[Outputs]:
        yield from _shown(self._kept(guest, self.stream.rerolled(event._data)))

    def _reword(self, guest: str, event: gr.EventData) -> Iterator[Outputs]:
        """The picture with one word exchanged, drawn whole with the seed it has; the form says so, too."""
        assert self.language is not None
        try:
            task = reworded(event._data, self.language)
        except LuminaError as error:
            yield from ((*step, gr.skip()) for step in _shown(refused(error)))
            return
        words = in_parts(task.summary(), self.language)
        yield gr.HTML(words=words), gr.skip(), task.summary()
        yield from ((*step, gr.skip()) for step in _shown(self._kept(guest, self.stream.new(task))))

    def _kept(self, guest: str, drawing: Drawing, series: str = "") -> Drawing:
        """What is finished goes into the visitor's gallery; of a series, the last one stays there."""
        return kept(drawing, partial(self.sessions.finished, guest, series=series))

    def _restore(self, event: gr.EventData) -> list[Any]:
        """Fill the form from the recipe inside a picture, whose pixels stay in the browser."""
        ticket = secrets.token_hex(8)  # the page does not hear of a view that is the same again
        try:
            here = self.workshop.painter.model if self.workshop.wait(0) else ""
            payload = payload_of(event)
            code = payload.get("code")  # of a link; else there is a file
            if not isinstance(code, str) and (other := other_file(_bytes(payload))) is not None:
                return self._with_prompt(other, ticket)
            task, sheet, message = (
                restored_from(unpacked(code), here)
                if isinstance(code, str)
                else restored(_bytes(payload), here)
            )
            if not self.form.takes(task):
                tab = tab_of(type(task)).title
                raise InputError(f'This picture was made in the tab "{tab}"; open it there.')
        except LuminaError as error:
            view = Refusal(state="refused", message=str(error), ticket=ticket).data()
            return [gr.HTML(view=view), *(gr.skip() for _ in self.form.components)]
        view = Restored(state="restored", message=message, sheet=sheet, ticket=ticket).data()
        return [gr.HTML(view=view), *self.form.show(task)]

    def _with_prompt(self, other: OtherFile, ticket: str) -> list[Any]:
        """A picture of another program gives its prompt to a form that has one."""
        is_taken = bool(other.prompt) and self.form.has("prompt")
        message = other.said("stands in the form") if is_taken else other.sentence
        prompt = self.form.component("prompt") if is_taken else None
        updates = [other.prompt if each is prompt else gr.skip() for each in self.form.components]
        return [gr.HTML(view=Refusal(state="refused", message=message, ticket=ticket).data()), *updates]


def _shown(drawing: Drawing) -> Iterator[Outputs]:
    """The steps of a drawing as updates of the easel and the seed."""
    for step in drawing:
        view = gr.skip() if step.view is None else gr.HTML(view=step.view)
        yield view, gr.skip() if step.seed is None else step.seed
    yield gr.skip(), gr.skip()  # Gradio repeats whatever comes last


def kind_of_file(text: Any, present: str) -> tuple[Any, Any]:
    """The same of a picture that was chosen or dropped: of a photograph the map is to be made."""
    try:
        is_photo = is_photograph(picture_of(text, "Map"))
    except LuminaError:
        return gr.skip(), gr.skip()
    if not is_photo:
        return gr.skip(), False
    return present if present in EXTRACTED else EXTRACTED[0], True


def is_skipped(value: Any) -> bool:
    """Whether an output says that its component stays as it is."""
    return isinstance(value, dict) and value.get("__type__") == "update" and len(value) == 1


def kind_of(present: str, event: gr.EventData) -> tuple[Any, Any]:
    """The kind of map that a brought picture is, or is to be made into, and whether it is to be made.

    ``present`` is the kind in the form. What comes back with its settings names no kind, and changes none.
    """
    kind = payload_of(event).get("kind")
    if kind == PLAIN:
        return present if present in EXTRACTED else EXTRACTED[0], True
    return (kind, False) if kind in get_args(Kind) else (gr.skip(), gr.skip())


def _opened(event: gr.EventData) -> Any:
    name = payload_of(event).get("task")
    return gr.Tabs(selected=name) if name in TASKS else gr.skip()


def _bytes(payload: Any) -> bytes:
    try:
        return base64.b64decode(str(payload["png"]), validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise InputError("This picture cannot be read; download it again.") from error


def uses_of(spec: ModelSpec, here: str = "") -> list[Use]:
    """The tabs that take a picture, without the one that it is in, and which panel of a pair they take."""
    able = [TASKS[name] for name in spec.tasks if name in TASKS and name != here]
    return [
        Use(task=other.name, title=other.title, part="lower" if takes_map(other) else "upper")
        for other in able
        if picture_fields(other)
    ]


def _invite(task: type[Task]) -> str:
    """The first sentence of what the task says of itself."""
    return (inspect.getdoc(task) or task.title).partition(".")[0] + "."


def turns_of(task: type[DrawingTask]) -> str:
    """The field that the next instruction changes: the last result; empty for tasks without turns."""
    return task.given if issubclass(task, PanelTask) and task.turns else ""
