"""The command line: every task and tool, for people, and with ``--json`` for programs."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from typer.core import TyperGroup

from lumina import __version__
from lumina.errors import InputError, InvalidWorkflow, LuminaError
from lumina.model.config import MODELS, spec_of
from lumina.pipeline.doctor import examine
from lumina.pipeline.drawing import Painter
from lumina.settings import Settings
from lumina.steps import Steps
from lumina.tasks import TASKS
from lumina.tasks.base import Picture, Pictures, Task, is_advanced, read
from lumina.workflow.files import read_workflow, write_picture
from lumina.workflow.schema import codes_of, dump, problems, task_of

Result = TypeVar("Result")


class Commands(TyperGroup):
    """Turns errors into one sentence on stderr: exit code 2 if the input is wrong, 1 if we are at fault."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except LuminaError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from error
        except typer.TyperException as error:  # an unknown command or option
            typer.echo(error.format_message(), err=True)
            raise typer.Exit(error.exit_code) from error


app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Lumina Studio: one autoregressive image model, every task.",
)  # fmt: skip
generate = typer.Typer(no_args_is_help=True, help="Run a task and write its pictures.")
app.add_typer(generate, name="generate")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the pictures.", metavar="DIR")]
Model = Annotated[str | None, typer.Option("--model", help="A name that `lumina models` lists.")]


def main() -> None:
    """Entry of the console script ``lumina``."""
    app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("tasks")
def list_tasks(as_json: AsJson = False) -> None:
    """List the tasks; as JSON with the schema of their inputs."""
    found = {
        name: {
            "title": task.title,
            "version": task.version,
            "inputs": task.model_json_schema(),
            "outputs": list(task.Output.model_fields),
        }
        for name, task in TASKS.items()
    }
    lines = [f"{name}  {inspect.getdoc(task)}" for name, task in TASKS.items()]
    _print(found if as_json else lines)


@app.command("models")
def list_models(as_json: AsJson = False) -> None:
    """List the models and what they can do."""
    found = {
        spec.name: {
            "title": spec.title,
            "note": spec.note,
            "source": spec.source,
            "licence": spec.licence,
            "tasks": list(spec.tasks),
            "sizes": [list(size) for size in spec.sizes],
        }
        for spec in MODELS.values()
    }
    lines = [
        f"{spec.name}  {spec.note} Sizes: {', '.join(f'{w}x{h}' for w, h in spec.sizes)}. "
        f"Tasks: {', '.join(spec.tasks)}."
        for spec in MODELS.values()
    ]
    _print(found if as_json else lines)


@app.command("recipe")
def show_recipe(file: Annotated[Path, typer.Argument(metavar="PNG")]) -> None:
    """Print the workflow inside a picture."""
    typer.echo(dump(read_workflow(file)))


@app.command("check")
def check(file: Annotated[Path, typer.Argument(metavar="FILE")], as_json: AsJson = False) -> None:
    """Name every problem of a workflow file; exit code 2 if there is one."""
    try:
        found = problems(read_workflow(file))
    except InvalidWorkflow as error:
        found = list(error.problems)
    lines = [f"{item['pointer'] or '/'}: {item['message']}; {item['fix']}." for item in found]
    _print({"ok": not found, "problems": found} if as_json else lines or ["No problems."])
    if found:
        raise typer.Exit(2)


@app.command("run")
def run_workflow(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A workflow, or a picture with its recipe.")],
    values: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE")] = None,
    model: Model = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Run a workflow of one node; a picture's recipe draws the same picture again."""
    workflow = read_workflow(file)
    task = task_of(workflow, dict(_assignment(text) for text in values or []))
    pictures, files, used = _draw(task, model or workflow.model, out, quiet=as_json)
    node, expected = next(iter(workflow.nodes)), codes_of(workflow)
    report: dict[str, Any] = {
        "outputs": {name: files for name in workflow.outputs or ("image",)},
        "executed": [node],
        "cached": [],
        "seconds": round(sum(picture.drawing.seconds for picture in pictures), 3),
    }
    if expected:
        report["identical"] = pictures[0].drawing.digest == expected
    same = ["The same codes as the recipe's: identical."] if report.get("identical") else []
    _print(report if as_json else [*files, *same, f"Drawn with {used}."])


@app.command("doctor")
def doctor(as_json: AsJson = False) -> None:
    """Check that everything needed is there and whole."""
    found = examine()
    lines = [
        f"{'ok     ' if item['ok'] else 'PROBLEM'}  {name}: {item['found']}" for name, item in found.items()
    ]
    _print(found if as_json else lines)
    if not all(item["ok"] for item in found.values()):
        raise typer.Exit(1)


def open_pipeline(model: str | None) -> Painter:
    """The pipeline of a model; a wrong name is reported before the slow libraries are loaded."""
    settings = Settings.from_environment()
    name = model or settings.model
    spec_of(name.partition("@")[0])
    from lumina.pipeline.pipeline import Pipeline

    return Pipeline.load(name, settings, previews=False)


def _draw(
    task: Task, model: str | None, out: Path | None, quiet: bool
) -> tuple[tuple[Picture, ...], list[str], str]:
    """Run a task and write its pictures, each with its own recipe: (pictures, files, model with revision)."""
    pipeline = open_pipeline(model)
    output: Pictures = _watched(task.run(pipeline), quiet)
    folder = out or pipeline.settings.outputs
    files = [str(write_picture(picture, pipeline.model, folder)) for picture in output.image]
    return output.image, files, pipeline.model


def _watched(steps: Steps[Result], quiet: bool) -> Result:
    """Run steps to the end, with a progress bar on stderr where someone can see it."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        line = bar.add_task("Drawing", total=None)
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                result: Result = stop.value
                return result
            bar.update(line, total=step.total, completed=step.done)


def _print(what: Mapping[str, Any] | Sequence[str]) -> None:
    """A JSON object, or lines for people, on stdout."""
    typer.echo(json.dumps(what, ensure_ascii=False) if isinstance(what, Mapping) else "\n".join(what))


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value


def _task_command(task_class: type[Task]) -> Callable[..., None]:
    """The command of a task: one option for each of its fields, whose values the task itself judges."""

    def command(model: str | None, out: Path | None, as_json: bool, **given: str | None) -> None:
        fields = task_class.model_fields
        values = {name: _value(fields[name], text) for name, text in given.items() if text is not None}
        pictures, files, used = _draw(read(task_class, values), model, out, quiet=as_json)
        drawings = [picture.drawing for picture in pictures]
        tokens, forwards = sum(d.tokens for d in drawings), sum(d.forwards for d in drawings)
        report = {
            "files": files,
            "seed": drawings[0].seed,
            "seconds": round(sum(d.seconds for d in drawings), 3),
            "tokens": tokens,
            "forwards": forwards,
            "tokens_per_forward": round(tokens / max(1, forwards), 3),
            "model": used,
        }
        summary = "Seed {seed}, {seconds} s, {tokens_per_forward} codes per forward pass, {model}."
        _print(report if as_json else [*files, summary.format(**report)])

    options = [_option(name, field) for name, field in task_class.inputs().items()]
    shared = [("model", Model, None), ("out", Out, None), ("as_json", AsJson, False)]
    keyword = inspect.Parameter.KEYWORD_ONLY
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, keyword, default=value, annotation=kind)
            for name, kind, value in options + shared
        ]
    )
    command.__annotations__ = {}
    command.__doc__ = task_class.__doc__
    return command


def _option(name: str, field: FieldInfo) -> tuple[str, Any, None]:
    """An option as (parameter, annotation, default); left out means: not given to the task."""
    default = "required" if field.is_required() else f"default {field.default}" if field.default else ""
    words = f"{field.description or field.title}" + (f" ({default})" if default else "")
    option = typer.Option(
        f"--{name.replace('_', '-')}",
        help=words.replace("[", "\\["),  # not markup
        metavar=_metavar(field),
        rich_help_panel="Advanced" if is_advanced(field) else None,
    )
    return name, Annotated[str | None, option], None


def _metavar(field: FieldInfo) -> str:
    choices = [choice for kind in get_args(field.annotation) for choice in get_args(kind)]
    if choices and all(isinstance(choice, str) for choice in choices) and "int" not in str(field.annotation):
        return "|".join(choices)
    if _is_list(field):
        return "JSON"
    return "NUMBER" if {int, float} & {field.annotation, *get_args(field.annotation)} else "TEXT"


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) in (tuple, list)


def _value(field: FieldInfo, text: str) -> Any:
    """Lists are written as JSON, everything else as it is."""
    if not _is_list(field):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise InputError(f"{field.title} must be JSON such as [[8, 99]], not {text!r}.") from None


for _name, _class in TASKS.items():
    generate.command(_name)(_task_command(_class))
