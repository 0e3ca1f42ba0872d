"""The commands of ``lumina``, for people, and with ``--json`` for programs."""

import inspect
from typing import Annotated

import typer

from lumina import __version__
from lumina.cli import (
    batch,
    deploy,
    evaluation,
    generate,
    models,
    published,
    serve,
    simulate,
    templates,
    training,
    workflow,
)
from lumina.cli.console import AsJson, Commands, go_on_unread, group, note, ready_terminal, show
from lumina.files import check_current_folder
from lumina.server.doctor import examine
from lumina.settings import Settings
from lumina.tasks import TASKS

app = group("Lumina Studio: one autoregressive image model, every task.", cls=Commands)
app.add_typer(generate.app, name="generate")
app.add_typer(training.app, name="train")
for _name, _command in published.COMMANDS.items():
    evaluation.app.command(_name)(_command)
app.add_typer(evaluation.app, name="eval")
app.command("bench")(evaluation.bench)
app.command("run")(workflow.run_workflow)
app.command("batch")(batch.run_batch)
app.command("check")(workflow.check_workflow)
app.command("templates")(templates.list_templates)
app.command("recipe")(workflow.show_recipe)
app.command("download")(models.download)
app.command("models")(models.list_models)
app.command("convert")(models.convert)
app.command("serve")(serve.serve_model)
app.command("deploy")(deploy.deploy)
app.command("simulate")(simulate.simulate)


def main() -> None:
    """The command line, in a terminal as it is."""
    ready_terminal()
    app()


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        show([__version__])
        raise typer.Exit
    check_current_folder()
    for sentence in Settings.misspelt() if context.invoked_subcommand != "doctor" else ():
        note(sentence)


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


@app.command("ui")
def open_page(
    share: Annotated[bool, typer.Option("--share", help="Also make a public link.")] = False,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on (127.0.0.1, or GRADIO_SERVER_NAME).")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            help="Port to listen on (a free one from 7860 on, or GRADIO_SERVER_PORT).",
            min=1,
            max=65535,
        ),
    ] = None,
) -> None:
    """Serve the studio in the browser."""
    from lumina.server.surroundings import prepare

    go_on_unread()
    prepare()  # before anything imports Gradio
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
