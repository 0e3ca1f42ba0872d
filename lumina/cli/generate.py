"""``lumina generate``: every task as a command whose options are the task's fields."""

import inspect
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from lumina.cli.console import (
    AsJson,
    Cache,
    Model,
    Out,
    Quant,
    Results,
    group,
    note,
    show,
    watched,
)
from lumina.errors import InputError
from lumina.files import check_writable, expanded
from lumina.images import open_image
from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec, spec_in, spec_of, split_revision
from lumina.process_end import STOPPED
from lumina.runtime.events import Finished
from lumina.runtime.painter import Painter
from lumina.settings import Cache as CacheKind
from lumina.settings import Quant as QuantKind
from lumina.settings import Settings, one_of
from lumina.steps import Following, Progress, Steps
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Picture, Task, is_advanced, option_of, read, words_unknown
from lumina.tasks.image_input import ImageInput
from lumina.workflow.files import write_picture
from lumina.worlds.language import UnknownWord, not_drawn, told

app = group("Run a task and write its pictures.")


def spec_for(model: str | None) -> ModelSpec:
    """The model of this name, or the one that the settings name; an engine's own. Raises UnknownModel."""
    settings = Settings.from_environment()
    if settings.engine:
        return open_pipeline(model).spec
    return spec_of(model) if model else spec_in(settings)


def settings_with(quant: str | None = None, cache: str | None = None) -> Settings:
    """The settings of the environment, and what the command line changes of them."""
    changes = {  # an error names what the person typed
        "LUMINA_QUANT": quant and one_of(QuantKind, "--quant", {"--quant": quant}, "none"),
        "LUMINA_CACHE": cache and one_of(CacheKind, "--cache", {"--cache": cache}, "full"),
    }
    return Settings.from_environment({**os.environ, **{name: to for name, to in changes.items() if to}})


def open_pipeline(model: str | None, previews: bool = False, settings: Settings | None = None) -> Painter:
    """The pipeline of a model, downloaded first where that is needed; says how much memory a large one takes.

    A wrong name is reported before the slow libraries are loaded. Where the settings name an engine, that
    draws.
    """
    is_chosen, settings = settings is not None, settings or settings_with()
    if settings.engine:
        from lumina.runtime.remote_painter import RemotePainter

        if is_chosen and (settings.quant, settings.cache) != (Settings.quant, Settings.cache):
            raise InputError(
                "How an engine's model is shrunk is set where it is served, not with --quant or --cache."
            )
        return RemotePainter.connect(settings, model, previews)
    name = model or settings.model
    spec = spec_of(model) if model else spec_in(settings)
    from lumina.model.checkpoint import fetch
    from lumina.runtime.memory_plan import GB, plan
    from lumina.runtime.pipeline import Pipeline

    if spec.is_published:
        watched(
            fetch(spec, settings.models, split_revision(name)[1]), f"Downloading {spec.title}", quiet=False
        )
    needs = plan(spec, settings)
    if needs.total > GB:
        note(needs.describe())
    return Pipeline.load(name, settings, previews=previews)


def draw_with(
    task: Task, model: str | None, out: Path | None, quiet: bool, settings: Settings | None = None
) -> tuple[tuple[Picture, ...], list[str], str]:
    """Run a task and write its pictures, each with its own recipe: (pictures, files, model with revision).

    After Ctrl-C it lists what is finished, says how to go on, and raises typer.Exit.
    """
    check_writable(out or settings_with().outputs)  # rather than after the drawing
    pipeline = open_pipeline(model, settings=settings) if settings else open_pipeline(model)
    folder = out or pipeline.settings.outputs
    done: dict[int, str] = {}
    task = task.resolved(pipeline) if isinstance(task, DrawingTask) else task
    try:
        output = watched(_kept(task, pipeline, folder, done), "Drawing", quiet)
    except KeyboardInterrupt as error:
        files, advice = list(done.values()), _way_on(task, done)
        note(advice)
        show({"files": files, "stopped": advice} if quiet else files)
        raise typer.Exit(STOPPED) from error
    fields = type(output).model_fields
    files = [
        str(write_picture(picture, pipeline.model, folder))
        for name in fields
        for picture in getattr(output, name)
    ]
    Results.has_drawn = True
    return output.image, files, pipeline.model


def _kept(task: Task, pipeline: Painter, folder: Path, done: dict[int, str]) -> Steps[Progress, Any]:
    """The resolved task at work; each of several pictures is written as soon as it is finished.

    So none is lost to an interruption; their files are noted in ``done``. Candidates of which one is chosen
    are not written.
    """
    if not isinstance(task, DrawingTask):
        return (yield from task.run(pipeline))
    is_several = task.best_of == 1 and len(task.singles()) > 1
    with Following(task.run(pipeline)) as run:
        for event in run:
            if isinstance(event, Finished) and is_several:
                file = write_picture(task.drawn(event.index, event.drawing), pipeline.model, folder)
                done[event.index], Results.has_drawn = str(file), True
            yield event
        return run.result


def _way_on(task: Task, done: Mapping[int, str]) -> str:
    """What a person reads after Ctrl-C: what is kept, and the options that draw the rest."""
    if not isinstance(task, DrawingTask):
        return "Stopped."
    singles = task.singles()
    if not done:
        what = "the same pictures" if len(singles) > 1 else "the same picture"
        return f"Stopped before a picture was finished; --seed {task.seed} draws {what}."
    if len(done) == len(singles):
        return f"Stopped; all {len(done)} pictures were finished and are kept."
    left: list[tuple[int, int]] = []  # (seed, how many), of pictures that follow each other
    for index, single in enumerate(singles):
        if index not in done and left and index - 1 not in done:
            left[-1] = (left[-1][0], left[-1][1] + 1)
        elif index not in done:
            left.append((int(single.seed), 1))
    ways = " and with ".join(f"--seed {seed} --variations {count}" for seed, count in left)
    are = "is" if len(done) == 1 else "are"
    return f"Stopped; {len(done)} of {len(singles)} pictures {are} kept. Draw the rest with {ways}."


def without_engine(what: str) -> None:
    """Raise InputError where an engine is set, for something that is of the model in this process."""
    if engine := Settings.from_environment().engine:
        raise InputError(f"{what} works with a model in this process; unset LUMINA_ENGINE ({engine}) for it.")


def note_words(spec: ModelSpec, unknown: Sequence[UnknownWord]) -> None:
    """Tell people that the model does not know these, with what may be meant."""
    words = [one for one in unknown if not one.note]
    said = (f'"{one.word}"' + (f" ({' or '.join(one.known)}?)" if one.known else "") for one in words)
    if words:
        note(f"{spec.title} does not know: {', '.join(said)}.")
    if left := not_drawn(unknown):
        note(left)


def tell_beside(spec: ModelSpec, unknown: Sequence[UnknownWord], remarks: Iterable[str]) -> JsonObject:
    """Tell people what there is to say beside pictures; returns it as a report has it."""
    note_words(spec, unknown)
    said = list(remarks)
    for remark in said:
        note(remark)
    return told(unknown) | ({"remark": " ".join(said)} if said else {})


AsWritten = Annotated[
    bool, typer.Option("--as-written", help="Draw the words as they are written, in free wording, too.")
]
Rewrite = Annotated[
    bool,
    typer.Option(
        "--rewrite",
        help="First have the prompt written out by the language model at LUMINA_REWRITER (published models).",
    ),
]


def _task_command(task_class: type[Task]) -> Callable[..., None]:
    """The command of a task: one option for each of its fields, whose values the task itself judges."""

    def command(
        model: str | None,
        quant: str | None,
        cache: str | None,
        out: Path | None,
        as_json: bool,
        as_written: bool = False,
        rewrite: bool = False,
        **given: str | None,
    ) -> None:
        fields = task_class.model_fields
        values = {name: _value(fields[name], text) for name, text in given.items() if text is not None}
        task, settings = (
            read(task_class, values, as_options=True),
            settings_with(quant, cache) if quant or cache else None,
        )
        spec = spec_for(model)
        asked, left_out = task, tuple[UnknownWord, ...]()
        if rewrite:
            task = _written_out(task, spec)
        if isinstance(task, DrawingTask) and not as_written:
            task, left_out = task.understood(spec)
        drawn_as = ": ".join(_reworded(task, asked))
        if drawn_as:
            note(f'Drawn as "{drawn_as}".')
        pictures, files, used = draw_with(task, model, out, as_json, settings)
        drawings = [picture.drawing for picture in pictures]
        tokens, forwards = sum(d.tokens for d in drawings), sum(d.forwards for d in drawings)
        unknown = [*left_out, *words_unknown([task], spec)]
        note_words(spec, unknown)
        report: JsonObject = {
            "files": [*files],
            "seed": drawings[0].seed,
            "seconds": round(sum(d.seconds for d in drawings), 3),
            "tokens": tokens,
            "forwards": forwards,
            "tokens_per_forward": round(tokens / max(1, forwards), 3),
            "model": used,
        }
        if drawn_as:
            report["drawn_as"] = drawn_as
        report |= told(unknown)
        if remark := pictures[0].task.remark(pictures[0].image, spec):
            report["remark"] = remark
            note(remark)
        if any(picture.candidates for picture in pictures):
            report["candidates"] = [
                [{"seed": one.task.seed, "score": one.score} for one in picture.candidates]
                for picture in pictures
            ]
        summary = "Seed {seed}, {seconds} s, {tokens_per_forward} codes per forward pass, {model}."
        show(report if as_json else [*files, summary.format(**report)])

    command.__signature__ = _signature(task_class)  # type: ignore[attr-defined]
    command.__annotations__ = {}
    command.__doc__ = task_class.__doc__
    return command


def _written_out(task: Task, spec: ModelSpec) -> Task:
    """The task with its prompt in detail; raises InputError where nothing writes it out."""
    from lumina.runtime.rewriter import Rewriter

    if spec.world:
        raise InputError(
            f"{spec.title} knows short words only; leave out --rewrite, or name another --model."
        )
    assert isinstance(task, DrawingTask) and task.spoken
    words = Rewriter(Settings.from_environment()).detailed(getattr(task, task.spoken))
    return task.model_copy(update={task.spoken: words})


def _reworded(task: Task, asked: Task) -> Iterator[str]:
    """The words of a task that are others than were asked for."""
    for name in task.word_fields() if isinstance(task, DrawingTask) else ():
        if getattr(task, name) != getattr(asked, name):
            yield str(getattr(task, name))


def _signature(task_class: type[Task]) -> inspect.Signature:
    """The options of a task's fields, and those that all tasks have."""
    options = [_option(name, field) for name, field in task_class.inputs().items()]
    shared: list[tuple[str, Any, Any]] = [
        ("model", Model, None), ("quant", Quant, None), ("cache", Cache, None),
        ("out", Out, None), ("as_json", AsJson, False),
    ]  # fmt: skip
    if issubclass(task_class, DrawingTask) and task_class.word_fields():
        shared.append(("as_written", AsWritten, False))
        if task_class.spoken == "prompt":
            shared.append(("rewrite", Rewrite, False))
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(
        [
            inspect.Parameter(name, keyword, default=value, annotation=kind)
            for name, kind, value in [*options, *shared]
        ]
    )


def _option(name: str, field: FieldInfo) -> tuple[str, Any, None]:
    """An option as (parameter, annotation, default); left out means: not given to the task."""
    default = "required" if field.is_required() else f"default {field.default}" if field.default else ""
    words = f"{field.description or field.title}" + (f" ({default})" if default else "")
    option = typer.Option(
        option_of(name),
        help=words.replace("[", "\\["),  # not markup
        metavar=_metavar(field),
        rich_help_panel="Advanced" if is_advanced(field) else None,
    )
    return name, Annotated[str | None, option], None


def _metavar(field: FieldInfo) -> str:
    if field.annotation is ImageInput:
        return "FILE"
    choices = [choice for kind in get_args(field.annotation) for choice in get_args(kind)]
    if choices and all(isinstance(choice, str) for choice in choices) and "int" not in str(field.annotation):
        return "|".join(choices)
    if _is_list(field):
        return "JSON"
    return "NUMBER" if {int, float} & {field.annotation, *get_args(field.annotation)} else "TEXT"


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) in (tuple, list)


def _value(field: FieldInfo, text: str) -> Any:
    """Pictures are read from their files, lists are written as JSON, everything else is taken as it is."""
    if field.annotation is ImageInput:
        return open_image(expanded("/dev/stdin" if text == "-" else text), keep_alpha=True)
    if not _is_list(field):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise InputError(f"{field.title} must be JSON such as [[8, 99]], not {text!r}.") from None


def add_commands(group: typer.Typer) -> None:
    """A command for each task that draws; the others are nodes of workflows."""
    for name, task_class in TASKS.items():
        if issubclass(task_class, DrawingTask):
            group.command(name)(_task_command(task_class))


add_commands(app)
