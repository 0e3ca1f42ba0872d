"""Forms from tasks: each field of a task becomes the control that suits its type, and back."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import gradio as gr
from gradio.components import Component
from pydantic.fields import FieldInfo

from lumina.errors import InputError
from lumina.tasks.base import Task, Values, is_advanced, read
from lumina.tasks.image_input import ImageInput
from lumina.tasks.panels import PanelTask
from lumina.ui.image_field import make_image_field, read_image_field

AS_GIVEN = "as the picture"  # the size of what is given

FREE_SEED = "Another one for each picture; lock it to keep it"
KEPT_SEED = "Same seed, same picture"
FLAT = "This model knows no depth and no normals."

Size = tuple[int, int]


@dataclass(frozen=True)
class FormControl:
    """What stands on the page for one field, or for several that belong together.

    ``read`` turns the components' values into the fields'; ``show`` turns fields into component updates.
    """

    fields: tuple[str, ...]
    components: tuple[Component, ...]
    read: Callable[..., Values]
    show: Callable[[Values], list[Any]]


class Form:
    """The controls of one task, in the order they were placed in the page."""

    def __init__(
        self, task: type[Task], sizes: Sequence[Size], defaults: Values, kinds: Sequence[str] = ()
    ) -> None:
        """``sizes`` and ``kinds`` of maps are what the model knows."""
        self.task = task
        self.sizes, self.kinds = tuple(sizes), tuple(kinds)
        self.defaults = dict(defaults)
        self.controls: list[FormControl] = []

    def place(self, *, only: Sequence[str] = (), advanced: bool = False) -> None:
        """Create the controls of the fields named, or of all (advanced) ones left, in the current layout."""
        for name, field in self.task.inputs().items():
            is_wanted = name in only if only else is_advanced(field) == advanced
            if is_wanted and not self.has(name):
                self.controls.append(self._control(name, field))

    @property
    def components(self) -> list[Component]:
        """All components, as an event's inputs."""
        return [component for control in self.controls for component in control.components]

    def component(self, field: str) -> Component:
        """The first component of the control that covers ``field``."""
        return self.components_of(field)[0]

    def components_of(self, field: str) -> list[Component]:
        """All components of the control that covers ``field``."""
        return [*next(control.components for control in self.controls if field in control.fields)]

    def has(self, name: str) -> bool:
        """Whether a control covers this field."""
        return any(name in control.fields for control in self.controls)

    def listen(self) -> None:
        """Let controls that depend on others follow them, once all are placed."""

    def takes(self, task: Task) -> bool:
        """Whether the form can show this task."""
        return isinstance(task, self.task)

    def read(self, raw: Sequence[Any]) -> Task:
        """The task that the components' values ask for; raises InputError naming what is wrong."""
        return read(self.task, self.values(raw), titled=True)

    def values(self, raw: Sequence[Any]) -> Values:
        """The fields that the components' values fill."""
        left = iter(raw)
        read = [control.read(*islice(left, len(control.components))) for control in self.controls]
        return {name: value for values in read for name, value in values.items() if value is not None}

    def show(self, task: Task) -> list[Any]:
        """Updates that make the components say ``task``."""
        values = self.defaults | task.model_dump(exclude_none=True)
        return [update for control in self.controls for update in control.show(values)]

    def _control(self, name: str, field: FieldInfo) -> FormControl:
        if name in {"width", "height"} and {"width", "height"} <= self.task.model_fields.keys():
            return size_control(self.sizes, follows=issubclass(self.task, PanelTask))
        if name == "seed":
            return seed_control(field)
        if name == "kind" and self.kinds:
            return kind_control(self.kinds, field)
        if field.annotation is ImageInput:
            return picture_control(self.task, name, field, self.sizes)
        return _plain_control(name, field, self.defaults.get(name, field.default))


def picture_control(task: type[Task], name: str, field: FieldInfo, sizes: Sequence[Size]) -> FormControl:
    """An image field; a recipe only names a picture, so showing one leaves the image field as it is."""
    box = make_image_field(task, name, field, sizes)
    return FormControl(
        (name,), (box,), lambda text: read_image_field(text, name, field), lambda values: [gr.skip()]
    )


def kind_control(kinds: Sequence[str], field: FieldInfo) -> FormControl:
    """The kinds of maps that the model knows; another one from a recipe joins the list."""
    default = field.default if field.default in kinds else kinds[0]
    info = field.description if "depth" in kinds else f"{field.description} {FLAT}"
    box = gr.Dropdown(list(kinds), value=default, label=field.title, info=info)

    def show_kind(values: Values) -> list[Any]:
        kind = values.get("kind", default)
        return [gr.update(choices=list(dict.fromkeys([*kinds, kind])), value=kind)]

    return FormControl(("kind",), (box,), lambda kind: {"kind": kind}, show_kind)


def size_control(sizes: Sequence[Size], follows: bool = False) -> FormControl:
    """One choice for width and height together; a size from a recipe joins the list.

    With ``follows`` the first choice leaves both open, so that they follow the picture given.
    """
    texts = [size_text(*size) for size in sizes]
    if follows := follows and len(sizes) > 1:
        texts.insert(0, AS_GIVEN)
    gr.HTML(f"<style>{_shapes(sizes, first=2 if follows else 1)}</style>", elem_classes="unseen")
    radio = gr.Radio(texts, value=texts[0], label="Size", elem_classes="choice size")

    def read_size(text: str | None) -> Values:
        size = size_in(text)
        return {} if size is None else {"width": size[0], "height": size[1]}

    def show_size(values: Values) -> list[Any]:
        if values.get("width") is None or values.get("height") is None:
            return [gr.update(value=texts[0])]
        text = size_text(values["width"], values["height"])
        return [gr.update(choices=list(dict.fromkeys([*texts, text])), value=text)]

    return FormControl(("width", "height"), (radio,), read_size, show_size)


def _shapes(sizes: Sequence[Size], first: int) -> str:
    """Styles that give each choice of a size, from the one numbered ``first``, an icon of its shape."""
    largest = max(max(size) for size in sizes)
    return "".join(
        f".size label:nth-of-type({place})::before"
        f"{{width:{24 * width // largest}px!important;height:{24 * height // largest}px!important}}"
        for place, (width, height) in enumerate(sizes, start=first)
    )


def size_text(width: int, height: int) -> str:
    """A size as the page writes it, in pixels."""
    return f"{width} × {height}"


def size_in(text: str | None) -> Size | None:
    """The size in pixels that :func:`size_text` wrote; None in any other text."""
    found = re.fullmatch(r"(\d{1,5}) × (\d{1,5})", text or "")
    return (int(found[1]), int(found[2])) if found else None


def seed_control(field: FieldInfo) -> FormControl:
    """A number to type, and whether to keep it; text, because seeds go beyond JavaScript's whole numbers."""
    with gr.Row(elem_classes="seed", equal_height=True):
        number = gr.Textbox(
            "",
            label=field.title,
            info=FREE_SEED,
            placeholder="new each time",
            max_lines=1,
            elem_classes="seed-number",
        )
        dice = gr.Button("Random seed", elem_classes="icon dice", min_width=0, scale=0)
        lock = gr.Checkbox(False, label="Keep this seed", container=False, elem_classes="icon lock")
    gr.on(
        [number.change, lock.change],
        None,
        [number, lock],
        number,
        js=f"(seed, kept) => window.lumina.seedNote(seed, kept, {json.dumps([FREE_SEED, KEPT_SEED])})",
        queue=False,
        api_visibility="private",
    )
    roll = "() => [String(Math.floor(Math.random() * 2 ** 31)), true]"
    dice.click(None, None, [number, lock], js=roll, queue=False)

    def read_seed(text: str | None, is_kept: bool | None) -> Values:
        text = (text or "").strip()
        return {"seed": text if is_kept and text else "random"}

    def show_seed(values: Values) -> list[Any]:
        seed = values.get("seed", "random")
        is_number = seed != "random"
        return [gr.update(value=str(seed) if is_number else ""), gr.update(value=is_number)]

    return FormControl(("seed",), (number, lock), read_seed, show_seed)


def tell_kept_seed(form: Form, line: gr.HTML) -> None:
    """Keep ``line`` saying which seed the form keeps, whatever has changed it."""
    parts: list[Any] = form.components_of("seed")
    gr.on(
        [part.change for part in parts],
        None,
        parts,
        line,
        js="window.lumina.keptSeed",
        queue=False,
        api_visibility="private",
    )


def _plain_control(name: str, field: FieldInfo, default: Any) -> FormControl:
    """The control for a field's type: text, number, few numbers, a choice, yes or no, or pairs."""
    build = _BUILDERS.get(_kind(field), _text)
    component = build(field, default)

    def show(values: Values) -> list[Any]:
        value = values.get(name, default)
        return [gr.update(value=_pairs_text(value) if isinstance(value, tuple) else value)]

    def read_value(raw: Any) -> Values:
        return {name: _read_pairs(raw, field) if _kind(field) == "pairs" else raw}

    return FormControl((name,), (component,), read_value, show)


def _kind(field: FieldInfo) -> str:
    """One word for a field's type; ``None`` beside it only says that it may be left open."""
    annotation = bare_type(field.annotation)
    if get_origin(annotation) is Literal:
        return "choice"
    if annotation is int and 1 < len(_few(field)) <= 8:
        return "few"
    known: dict[Any, str] = {bool: "flag", int: "number", float: "number", str: "text"}
    return "pairs" if get_origin(annotation) in (tuple, list) else known.get(annotation, "text")


def bare_type(annotation: Any) -> Any:
    """``int`` for ``Annotated[int, …] | None`` and the like."""
    if get_origin(annotation) is Annotated:
        return bare_type(get_args(annotation)[0])
    parts = [part for part in get_args(annotation) if part is not NoneType]
    is_optional = NoneType in get_args(annotation)
    return bare_type(parts[0]) if is_optional and len(parts) == 1 else annotation


def _few(field: FieldInfo) -> range:
    """The whole numbers a bounded field allows, none where a bound is missing."""
    low = next((limit.ge for limit in field.metadata if hasattr(limit, "ge")), None)
    high = next((limit.le for limit in field.metadata if hasattr(limit, "le")), None)
    return (
        range(low, high + 1)
        if low is not None and high is not None and field.is_required() is False
        else range(0)
    )


def _text(field: FieldInfo, default: Any) -> Component:
    value = default if isinstance(default, str) else ""
    return gr.Textbox(value, label=field.title, placeholder=field.description, lines=3, max_lines=8)


def _number(field: FieldInfo, default: Any) -> Component:
    # No limits here: the task itself checks them and says in one sentence what to change.
    return gr.Number(default, label=field.title, info=field.description)


def _few_numbers(field: FieldInfo, default: Any) -> Component:
    return gr.Radio(list(_few(field)), value=default, label=field.title, elem_classes="choice")


def _choice(field: FieldInfo, default: Any) -> Component:
    choices = list(get_args(bare_type(field.annotation)))
    return gr.Dropdown(choices, value=default, label=field.title, info=field.description)


def _flag(field: FieldInfo, default: Any) -> Component:
    return gr.Checkbox(bool(default), label=field.title, info=field.description)


def _pairs(field: FieldInfo, default: Any) -> Component:
    return gr.Textbox(
        _pairs_text(default),
        label=field.title,
        info="Rows from there on take another seed: row:seed, row:seed",
        placeholder="none",
        max_lines=1,
    )


_BUILDERS: dict[str, Callable[[FieldInfo, Any], Component]] = {
    "text": _text,
    "number": _number,
    "few": _few_numbers,
    "choice": _choice,
    "flag": _flag,
    "pairs": _pairs,
}


def _pairs_text(pairs: Any) -> str:
    return ", ".join(f"{first}:{second}" for first, second in pairs or ())


def _read_pairs(text: str | None, field: FieldInfo) -> list[list[int]]:
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    found = [re.fullmatch(r"(\d{1,5})\s*:\s*(\d{1,19})", part) for part in parts]
    if None in found:
        raise InputError(f'{field.title}: write pairs of row and seed like "7:123, 9:45", or leave it empty.')
    return [[int(pair[1]), int(pair[2])] for pair in found if pair]
