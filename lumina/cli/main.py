"""The commands of ``lumina``, for people, and with ``--json`` for programs."""

import inspect
from pathlib import Path
from typing import Annotated, Any

import typer

from lumina import __version__
from lumina.cli import evaluation, generate, models, training
from lumina.cli.console import AsJson, Commands, Model, Out, group, show
from lumina.errors import InputError, InvalidWorkflow
from lumina.pipeline.doctor import examine
from lumina.tasks import TASKS
from lumina.workflow.files import read_workflow
from lumina.workflow.schema import codes_of, dump, problems, task_of

app = group("Lumina Studio: one autoregressive image model, every task.", cls=Commands)
app.add_typer(generate.app, name="generate")
app.add_typer(training.app, name="train")
app.add_typer(evaluation.app, name="eval")
app.command("bench")(evaluation.bench)
app.command("download")(models.download)
app.command("models")(models.list_models)
app.command("convert")(models.convert)


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
    show(found if as_json else lines)


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
    show({"ok": not found, "problems": found} if as_json else lines or ["No problems."])
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
    pictures, files, used = generate.draw_with(task, model or workflow.model, out, quiet=as_json)
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
    show(report if as_json else [*files, *same, f"Drawn with {used}."])


@app.command("ui")
def open_page(
    share: Annotated[bool, typer.Option("--share", help="Also make a public link.")] = False,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.", min=1, max=65535)] = None,
) -> None:
    """Serve the studio in the browser."""
    import lumina.server.zerogpu  # noqa: F401  # first, because ZeroGPU has to be there before torch
    from lumina.ui.app import serve

    serve(share=share, server_name=host, server_port=port)


@app.command("doctor")
def doctor(as_json: AsJson = False) -> None:
    """Check that everything needed is there and whole."""
    found = examine()
    lines = [
        f"{'ok     ' if item['ok'] else 'PROBLEM'}  {name}: {item['found']}" for name, item in found.items()
    ]
    show(found if as_json else lines)
    if not all(item["ok"] for item in found.values()):
        raise typer.Exit(1)


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--set takes NAME=VALUE, not {text!r}.")
    return name, value
