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
from lumina.files import FULL, expanded
from lumina.settings import model_at_home
from lumina.steps import Following, Progress, Steps

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder to write to.", metavar="DIR", parser=expanded)
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="A name that `lumina models` lists, or the folder of a model.",
        parser=model_at_home,
        metavar="TEXT",
    ),
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

    def make_context(self, *given: Any, **options: Any) -> Any:
        """Read the options; asked for help, print it."""
        try:
            return super().make_context(*given, **options)
        except OSError as error:
            raise _ended_by(error) from error

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except OSError as error:  # a full disk, for one, or help that cannot be printed
            raise _ended_by(error) from error
        except LuminaError as error:
            note(str(error))
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from error
        except KeyboardInterrupt as error:
            note("Stopped; what was finished before is kept.")
            raise typer.Exit(STOPPED) from error
        except typer.TyperException as error:  # an unknown command or option
            note(error.format_message())
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
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise _ended_by(error) from error
        _let_go_of_stdout()
        note(f"The result could not be printed ({error.strerror}); what was drawn is kept.")
        raise typer.Exit(1) from error


def _ended_by(error: OSError) -> typer.Exit:
    """The end of a command that the system stops; no error where the reader has read enough."""
    is_read_enough = isinstance(error, BrokenPipeError)
    where = error.filename or error.filename2
    _let_go_of_stdout()
    if not is_read_enough:
        place = f"{os.fsdecode(where)}: " if isinstance(where, str | bytes) else ""
        advice = "; free some space, what was finished before is kept" if error.errno in FULL else ""
        note(f"{place}{error.strerror or error}{advice}.")
    return typer.Exit(0 if is_read_enough else 1)


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
