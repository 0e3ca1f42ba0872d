"""How commands speak: one sentence for an error, one JSON object for a program, a bar for long work."""

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import typer
from typer.core import TyperGroup

from lumina import terminal
from lumina.errors import InputError, InvalidImage, LuminaError, ModelError
from lumina.faults import is_out_of_memory, memory_sentence
from lumina.files import folder_named, sentence_of, shown
from lumina.process_end import STOPPED
from lumina.settings import model_at_home
from lumina.steps import Following, Progress, Steps
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask
from lumina.worlds.language import distance, typed_wrong

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Folder to write to.", metavar="DIR", parser=folder_named)
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
RESUMED = ("run", "batch", "train", "eval", "download")  # commands that go on where they were stopped
_PICTURE = re.compile(r"\.(?:png|jpe?g|webp|gif|bmp|tiff?|heic)$", re.IGNORECASE)
_ELSEWHERE = {  # what other programs call an option
    "--width and --height": ("size", "resolution", "ar", "aspect", "aspect-ratio"),
    "--variations": ("n", "count", "number", "num", "num-images", "images", "batch-size", "batch"),
    "--guidance-scale": ("cfg", "cfg-scale", "scale"),
    "--instruction": ("prompt", "text", "edit"),
    "--condition": ("image", "input", "map", "picture"),
    "--image": ("input", "picture", "photo", "file"),
    "--prompt": ("text", "words", "description"),
    "--out": ("dir", "folder", "save", "directory", "dest"),
    "--inputs": ("table", "csv", "data", "rows"),
}


class CommandGroup(TyperGroup):
    """Looks at what is typed after a command, where a word in a wrong place would be taken for another."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command, and what is typed after it."""
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not getattr(command, "commands", None):
            _check_words(command, rest, f"{ctx.command_path} {name}")
        return name, command, rest


def _check_words(command: Any, typed: Sequence[str], below: str) -> None:
    """Raise InputError for an option without its value, or with one hyphen in place of two."""
    with_value = {name for each in command.params if _takes_value(each) for name in each.opts}
    single = {name for each in command.params if not each.multiple for name in each.opts} & with_value
    known, before, given = {*_options(command)}, "", set[str]()
    for word in typed:
        if word == "--":
            return
        if before and (word in known or word == "--help"):
            raise InputError(f"{before} takes a value, and {word} follows; write the value after it.")
        name = word.partition("=")[0]
        if not before and re.fullmatch(r"-[A-Za-z][\w-]+", name):
            is_short = f"-{name}" in known
            advice = f"write two hyphens: `-{name}`" if is_short else _option_for(name, command, below)
            raise InputError(f"No such option: {name}; {advice}.")
        if not before and name in single & given:
            note(f"{name} is given more than once; the last one counts.")
        given |= set() if before else {name}
        before = "" if before else word if word in with_value else ""


def _takes_value(parameter: Any) -> bool:
    return parameter.param_type_name == "option" and not parameter.is_flag


class Commands(CommandGroup):
    """Turns errors into one sentence on stderr: exit code 2 if the input is wrong, 1 if we are at fault."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            with memory_told():
                return super().invoke(ctx)
        except LuminaError as error:
            note(_of_locale(_with_near_name(error)))
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from error
        except OSError as error:  # a disk that is full while a model is trained, for one
            note(sentence_of(error))
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            goes_on = ctx.invoked_subcommand in RESUMED
            note("Stopped; what was finished before is kept." if goes_on else "Stopped.")
            raise typer.Exit(STOPPED) from error
        except typer.TyperException as error:  # an unknown command or option
            typer.echo(_sentence(error), err=True)
            raise typer.Exit(error.exit_code) from error

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options before the command."""
        is_asked = bool(args)  # else the "error" is the help
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            if not is_asked:
                raise
            typer.echo(_sentence(error), err=True)
            raise typer.Exit(error.exit_code) from error


@contextmanager
def memory_told() -> Iterator[None]:
    """Raise ModelError, which says what to change, for whatever fails because memory is too small."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise ModelError(memory_sentence(error)) from error


def _with_near_name(error: BaseException) -> str:
    """What an error says; of a file that is not there, what a file beside it is called that may be meant."""
    said, cause, advice = str(error), error.__cause__, "check its name."
    if not (isinstance(cause, FileNotFoundError) and said.endswith(advice) and cause.filename):
        return said
    path = Path(os.fsdecode(cause.filename))
    if not path.parent.is_dir():
        return said.removesuffix(advice) + f"there is no folder {str(path.parent)!r}."
    near = _near_name(path.name, path.parent)
    return said.removesuffix(advice) + f"did you mean {near!r}?" if near else said


def _near_name(name: str, folder: Path, form: re.Pattern[str] = re.compile("")) -> str | None:
    """What a file of a ``form`` in a folder is called that may be meant by a name; None if none may."""
    files = folder.iterdir() if folder.is_dir() else ()
    names = {each.name.casefold(): each.name for each in files if form.search(each.name)}
    near = get_close_matches(name.strip(" \"'").casefold(), names, n=1, cutoff=0.8)
    return names[near[0]] if near else None


class NearPictures:
    """Where pictures are looked for last: it has none, and says what one is called that may be meant."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders

    def find(self, name: str) -> None:
        """Raises InvalidImage where a picture in the folders has nearly this name."""
        found = (_near_name(name, folder, _PICTURE) for folder in self._folders)
        if near := next(filter(None, found), None):
            raise InvalidImage(f'The picture "{name}" is not here; did you mean "{near}"?')


def _of_locale(said: str) -> str:
    """What an error says; of words that Python could not read, because of which locale, and what to set."""
    if "must be readable text" not in said or sys.getfilesystemencoding() == "utf-8":
        return said
    name = next((each for each in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(each)), "LANG")
    locale = f"{name}={os.environ.get(name, '')}"
    return f"{said.rstrip('.')}, and in the locale {locale} it cannot be read; set PYTHONUTF8=1."


def _sentence(error: Any) -> str:
    """What a person reads of an option that cannot be; not in the words of a library for programmers."""
    text = re.sub(r"^Invalid value for '?([^':]+)'?: Input should be", r"\1 must be", error.format_message())
    text = re.sub(r", unable to parse string as an? \w+", "", text)
    text = text.replace("a valid integer", "a whole number").replace("a valid number", "a number")
    if unknown := re.fullmatch(r"No such command '(.*)'\.", text, re.DOTALL):
        return f"No such command {unknown[1]!r}; {_instead_of(unknown[1], error.ctx.command_path)}."
    text = text.replace("greater than or equal to", "at least").replace("less than or equal to", "at most")
    below = error.ctx.command_path if getattr(error, "ctx", None) else "lumina"
    if left := re.fullmatch(r"Missing (?:argument|option) '(.*)'\.", text):
        return f"{left[1]} is missing; write `{below} {_usage_of(error.ctx.command)}`."
    if left := re.fullmatch(r"Option '(.*)' requires an argument\.", text):
        return f"{left[1]} takes a value; write it after it."
    if unknown := re.match(r"No such option: (\S+)", text):
        return f"No such option: {unknown[1]}; {_option_for(unknown[1], error.ctx.command, below)}."
    if extra := re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", text, re.DOTALL):
        return f"{shown(extra[1])!r} cannot stand there; {_in_place_of(extra[1], error.ctx.command, below)}."
    return f"{text}." if text.startswith("--") else text


def _usage_of(command: Any) -> str:
    """What a command cannot do without, as it is typed."""
    needed = [each for each in command.params if each.required]
    words = (
        each.metavar or each.name.upper() if not _takes_value(each) else f"{each.opts[0]} {each.metavar}"
        for each in needed
    )
    return " ".join(words)


def _option_for(typed: str, command: Any, below: str) -> str:
    """What to write for an option that there is not: one that is like it, or where they are listed."""
    if inner := [name for name, each in _commands(command) if typed in _options(each)]:
        return f"name what is to be done before it: `{below} {inner[0]} {typed} …`"
    options, word = _options(command), typed.lstrip("-").lower().replace("_", "-")
    for name, others in _ELSEWHERE.items():
        if word in others and {*name.split(" and ")} <= {*options}:
            return f"use `{'` and `'.join(name.split(' and '))}`"
    near = sorted((distance(word, name[2:]), name) for name in options if typed_wrong(word, name[2:]))
    alike = [
        name for name in options if name[2:].startswith(word) or (len(name) > 4 and word.startswith(name[2:]))
    ]
    if found := [near[0][1]] if near else alike:
        return f"use {' or '.join(f'`{name}`' for name in found)}"
    return f"{_set_advice(options)}`{below} --help` lists what there is"


def _set_advice(options: Sequence[str]) -> str:
    """How a workflow's inputs are filled, where options may be meant for them."""
    return "an input is filled with `--set NAME=VALUE`, and " if "--set" in options else ""


def _commands(command: Any) -> list[tuple[str, Any]]:
    """Those of a group, the ones of its groups after them."""
    own = [*getattr(command, "commands", {}).items()]
    return own + [(f"{name} {inner}", each) for name, group in own for inner, each in _commands(group)]


def _options(command: Any) -> list[str]:
    return [name for each in command.params for name in each.opts if name.startswith("--")]


def _in_place_of(typed: str, command: Any, below: str) -> str:
    """What to write in place of words that no option is before."""
    if dashed := re.search(r"(?:^|\s)[—–−]+(\w[\w-]*)", typed):
        return f"write two hyphens before a name: `--{dashed[1]}`"
    options, name = _options(command), typed.partition("=")[0].split(" ")[0].lower()
    if "=" in typed and f"--{name}" in options:
        return f"write it as an option: `--{name} {shlex.quote(typed.partition('=')[2])}`"
    if "=" in typed and "--set" in options:
        return f"write it after its option: `--set {shlex.quote(typed)}`"
    if typed.isdecimal() and "--port" in options:
        return f"write `--port {typed}`"
    if _PICTURE.search(typed) and (
        pictures := [each for each in ("--image", "--condition") if each in options]
    ):
        return f'{pictures[0]} takes one file; put a name with blanks in quotes: `{pictures[0]} "…"`'
    places = [each for each in command.params if each.param_type_name == "argument"]
    if any(each.nargs == 1 for each in places):
        return f"give {places[0].name.upper()} once, one at a time"
    task = TASKS.get(command.name) if below.endswith(f" generate {command.name}") else None
    fields = [*task.word_fields()] if task and issubclass(task, DrawingTask) else []
    if fields:
        option = next((field for field in ("prompt", *fields) if field in fields), fields[0])
        return f'write words after their option, in quotes: `--{option} "…"`'
    return f"`{below} --help` lists what there is"


def _instead_of(command: str, below: str) -> str:
    """What to type where there is no such command ``below`` another."""
    if command in TASKS:
        return f"use `lumina generate {command}`"
    if below.endswith(" generate") and " " in command:
        return f"use `lumina generate text_to_image --prompt {shlex.quote(command)}`"
    return f"`{below} --help` lists what there is"


def group(about: str, **options: Any) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(
        help=about,
        context_settings={"help_option_names": ["-h", "--help"]},
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        **{"cls": CommandGroup, **options},
    )


def show(what: Mapping[str, Any] | Sequence[str]) -> None:
    """Print a JSON object, or lines for people, on stdout."""
    typer.echo(_json(what) if isinstance(what, Mapping) else "\n".join(what))


def _json(what: Mapping[str, Any]) -> str:
    return escaped(json.dumps(what, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON in which signs that stdout cannot show are escaped: names of files and words stay exact."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"

    def shown(sign: str) -> str:
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            return json.dumps(sign)[1:-1]
        return sign

    return text if text.isascii() else "".join(map(shown, text))


class Results(io.TextIOWrapper):
    """Stdout, which ends the program with a sentence where nobody can read what is printed there."""

    has_drawn: ClassVar[bool] = False
    is_needed = True

    def write(self, text: str, /) -> int:
        """Print a text."""
        with self._ending():
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Send what was printed."""
        with self._ending():
            super().flush()

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not self.is_needed:
                return
            # What is left to print, and what this stream still holds, goes nowhere, so that the end of the
            # program does not fail at it again.
            self.is_needed = False
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the program ends
            if isinstance(error, BrokenPipeError):  # the reader has read enough
                raise typer.Exit(0) from error
            kept = "; what was drawn is kept" if self.has_drawn else ""
            note(f"The output could not be written ({error.strerror}){kept}.")
            raise typer.Exit(1) from error


def ready_terminal() -> None:
    """Let no terminal, pipe or full disk turn what is printed into an error; a ? for what encodings lack."""
    terminal.ready(Results)
    if not os.environ.get("COLUMNS", "80").isdecimal() or int(os.environ.get("COLUMNS", "80")) < 1:
        del os.environ["COLUMNS"]  # by which nothing could be printed


def go_on_unread() -> None:
    """What is served goes on where nobody reads what is printed."""
    if isinstance(sys.stdout, Results):
        sys.stdout.is_needed = False


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
