"""How commands speak: one sentence for an error, one JSON object for a program, a bar for long work."""

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from lumina.errors import InputError, LuminaError
from lumina.steps import Following, Progress, Steps

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder to write to.", metavar="DIR")]
Model = Annotated[
    str | None, typer.Option("--model", help="A name that `lumina models` lists, or the folder of a model.")
]
Quant = Annotated[
    str | None, typer.Option("--quant", help="Shrink the model's weights.", metavar="none|int8|int4")
]
Cache = Annotated[
    str | None, typer.Option("--cache", help="Shrink what it remembers of a picture.", metavar="full|int8")
]

Result = TypeVar("Result")
STOPPED = 130  # exit code after Ctrl-C, as shells have it


class Commands(TyperGroup):
    """Turns errors into one sentence on stderr: exit code 2 if the input is wrong, 1 if we are at fault."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except LuminaError as error:
            note(str(error))
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from error
        except KeyboardInterrupt as error:
            note("Stopped; what was finished before is kept.")
            raise typer.Exit(STOPPED) from error
        except typer.TyperException as error:  # an unknown command or option
            typer.echo(error.format_message(), err=True)
            raise typer.Exit(error.exit_code) from error


def group(about: str, **options: Any) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        help=about, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, **options
    )


def show(what: Mapping[str, Any] | Sequence[str]) -> None:
    """Print a JSON object, or lines for people, on stdout; exit code 1 if nobody can read it there."""
    is_utf8 = "utf" in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    text = json.dumps(what, ensure_ascii=not is_utf8) if isinstance(what, Mapping) else "\n".join(what)
    try:
        typer.echo(text)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError as error:  # the reader has read enough
        _let_go_of_stdout()
        raise typer.Exit(0) from error
    except OSError as error:
        _let_go_of_stdout()
        note(f"The result could not be printed ({error.strerror}); what was drawn is kept.")
        raise typer.Exit(1) from error


def _let_go_of_stdout() -> None:
    """What is left to print goes nowhere, so that the end of the program does not fail at it again."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the program ends


def ready_terminal() -> None:
    """Show a ? for what a terminal's encoding lacks, rather than fail at it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def note(sentence: str) -> None:
    """Tell people something on stderr, where it is in no program's way."""
    with suppress(OSError):
        typer.echo(sentence, err=True)


def watched(steps: Steps[Progress, Result], what: str, quiet: bool) -> Result:
    """Run steps to the end, with a progress bar on stderr where someone can see it."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        line = bar.add_task(what, total=None)
        with Following(steps) as run:
            for step in run:
                bar.update(line, total=step.total, completed=step.done, description=_described(what, step))
            return run.result


def _described(what: str, step: Progress) -> str:
    return " ".join(
        [f"{what} ({step.unit})", *(f"{name} {value:.3f}" for name, value in step.figures.items())]
    )
