"""``lumina run``, ``check`` and ``recipe``: workflows from files, or from inside the pictures they made."""

import json
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

import typer
from pydantic import JsonValue

from lumina.cli import generate
from lumina.cli.console import AsJson, Model, NearPictures, Out, Results, escaped, note, show, watched
from lumina.cli.models import is_here
from lumina.errors import InputError, is_said_twice
from lumina.files import check_writable, expanded, folder_of, refusal
from lumina.images import columns_of, contact_sheet
from lumina.json_types import JsonObject
from lumina.process_end import STOPPED
from lumina.settings import Settings
from lumina.steps import Following, Progress, Steps
from lumina.tasks import TASKS
from lumina.tasks.base import Picture, remarks_of, words_unknown
from lumina.tasks.error_wording import shortened
from lumina.tasks.image_input import ImageInput
from lumina.workflow import events
from lumina.workflow.cache import DiskStore, Store
from lumina.workflow.document import Workflow
from lumina.workflow.executor import Resources, run
from lumina.workflow.files import content, read_text, read_workflow, write_results
from lumina.workflow.flattening import WITHIN, every_node
from lumina.workflow.image_lookup import FolderImages, ImageSource, MemoryImages, shipped
from lumina.workflow.missing import missing_pictures
from lumina.workflow.other_programs import other_file
from lumina.workflow.planning import Plan, plan
from lumina.workflow.resolving import may_be_empty, seeds_drawn, target_of, with_values
from lumina.workflow.result_recipes import pictured
from lumina.workflow.schema import codes_of, dump, load
from lumina.workflow.tables import texts_in
from lumina.workflow.timings import Timings
from lumina.workflow.validation import check


class Choice(TypedDict):
    """The pictures that a node waits to have one chosen of, as files, all of them with their numbers on one
    sheet, and the input that takes the choice."""

    input: str
    pictures: list[str]
    sheet: str


class Report(TypedDict):
    """What a run has done: its results, and the names of nodes."""

    outputs: dict[str, list[Any]]
    executed: list[str]
    cached: list[str]
    seconds: float
    skipped: NotRequired[list[str]]
    failed: NotRequired[list[str]]
    identical: NotRequired[bool]
    needs_choice: NotRequired[dict[str, Choice]]


TWO_OR_ONE = re.compile(r"\d+,\d+")  # where a decimal may be meant
SHOWN = 512  # pixels at most along a side of a picture on a sheet of choices
KEPT = "finished steps and drawn rows are kept"
WAY_IN = "put it beside the workflow, or give it with --set {place}=FILE"
Ended = list[events.NodeFailed | events.ChoiceNeeded]


def show_recipe(file: Annotated[Path, typer.Argument(metavar="FILE", parser=expanded)]) -> None:
    """Print the workflow inside a picture, or the prompt in a file of ComfyUI, Automatic1111 or InvokeAI."""
    data = content(file)
    other = other_file(data)
    if other is None:
        show([escaped(dump(read_workflow(data)))])
    elif not other.prompt:
        raise InputError(other.sentence)
    else:
        note(other.sentence)
        show([escaped(other.prompt)])


def check_workflow(
    file: Annotated[Path, typer.Argument(metavar="FILE", parser=expanded)], as_json: AsJson = False
) -> None:
    """Name every problem of a workflow file, a picture that is not here too; exit code 2 if there is one."""
    checked = check(read_text(file))
    found = checked.problems
    if checked.workflow is not None and not found:
        found = missing_pictures(checked.workflow, pictures_around(file), WAY_IN)
    fixes = ["" if is_said_twice(item) else f"; {item['fix']}" for item in found]
    lines = [
        f"{item['pointer'] or '/'}: {item['message']}{fix}" for item, fix in zip(found, fixes, strict=True)
    ]
    lines = [line if line.endswith("?") else f"{line}." for line in lines]
    show({"ok": not found, "problems": found} if as_json else lines or ["No problems."])
    if found:
        raise typer.Exit(2)


def run_workflow(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A workflow, or a picture with its recipe.", parser=expanded),
    ],
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Fill an input, or NODE.INPUT=VALUE; several values as a JSON list; NODE=2 picks.",
        ),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="NODE", help="Run to this node.")] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Say what would run, and how long.")] = False,
    model: Model = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Run a workflow; what has not changed since the last run is taken from the cache."""
    image_source = MemoryImages()
    workflow = read_workflow(file)
    given = assigned(workflow, values, image_source)
    _note_single_texts(workflow, given)
    workflow = filled(workflow, given)
    workflow = workflow.model_copy(update={"model": None}) if model else workflow
    folder = out or Settings.from_environment().outputs
    check_writable(folder)  # rather than after the drawing
    resources = resources_for(workflow, model, [image_source, *pictures_around(file)], is_dry)
    if is_dry:
        _show_plan(plan(workflow, resources, until), as_json)
        return
    ended: Ended = []
    drawn: list[Picture] = []
    begun: list[str] = []
    steps = watchable(run(workflow, resources, until), ended, drawn, begun)
    try:
        finished = watched(steps, "Running", quiet=as_json)
    except KeyboardInterrupt as error:
        note(_way_on(workflow, begun, not_kept(resources.store)))
        raise typer.Exit(STOPPED) from error
    if unkept := not_kept(resources.store):
        note(unkept)
    beside: JsonObject = {}
    if resources.painter is not None:
        spec = resources.painter.spec
        words = words_unknown([one.task for one in drawn], spec)
        beside = generate.tell_beside(spec, words, remarks_of(drawn, spec))
    Results.has_drawn = True
    report = _report(workflow, finished, write_results(finished, folder))
    _add_choices(report, ended, finished, folder)
    show({**report, **beside} if as_json else list(_lines(report)))
    _end(ended, _settled(workflow, load(finished.recipe)))


def pictures_around(*files: Path) -> list[ImageSource]:
    """Where the pictures are that files name: among the shipped ones, and beside each file."""
    folders = [folder_of(file) for file in files]
    return [shipped(), *map(FolderImages, folders), NearPictures(*folders)]


def resources_for(
    workflow: Workflow, model: str | None, image_sources: list[Any], is_dry: bool = False
) -> Resources:
    """With the model, if a node needs it; for a plan alone nothing is downloaded."""
    settings = Settings.from_environment()
    tasks = [(TASKS.get(node.task), node) for node in every_node(workflow)]
    needs_model = any(task is not None and task.uses_model(node.inputs) for task, node in tasks)
    is_here_needed = needs_model and is_dry and not settings.engine
    if is_here_needed and not is_here(spec := generate.spec_for(model or workflow.model)):
        raise InputError(f"{spec.title} is not here yet; fetch it with `lumina download {spec.name}`.")
    painter = generate.open_pipeline(model or workflow.model) if needs_model else None
    cache = settings.results
    timings = Timings(cache / "timings.json")
    return Resources(painter, DiskStore(cache), image_sources, timings, way_in=WAY_IN)


def assigned(workflow: Workflow, texts: Sequence[str] | None, image_source: MemoryImages) -> dict[str, Any]:
    """What each ``--set`` fills; says so where one is filled again."""
    found: dict[str, Any] = {}
    for text in texts or ():
        name, value = assignment(workflow, text, image_source)
        if name in found:
            note(f"{name} is set more than once; the last one counts, and several values are a JSON list.")
        found[name] = value
    return found


def filled(workflow: Workflow, given: Mapping[str, Any]) -> Workflow:
    """A workflow with what each ``--set`` fills; raises InputError for an empty text that says nothing."""
    found = with_values(workflow, given, option="--set ")
    for name, value in given.items():
        socket, is_empty = target_of(workflow, name), isinstance(value, str) and not value.strip()
        is_text = socket is not None and socket.type == "text"
        if is_empty and is_text and not may_be_empty(workflow, name):
            raise InputError(f"{name} is empty; write a text, or leave --set {name}= out.")
    return found


def assignment(workflow: Workflow, text: str, image_source: MemoryImages) -> tuple[str, Any]:
    """NAME=VALUE as an input of the workflow; a picture is a file, which is put into ``image_source``.

    NAME=@FILE gives the lines of a file as a list of texts.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise InputError(f"--set takes NAME=VALUE, not {text!r}.")
    socket = target_of(workflow, name)
    if value.startswith("@") and socket is not None and socket.type == "text":
        return name, texts_in(expanded(value[1:]))
    if value.startswith("@") and socket is not None and socket.type == "image":
        value = value[1:]
    if TWO_OR_ONE.fullmatch(value) and socket is not None and socket.type in ("integer", "number"):
        note(f"{name}: {value} is two values, {value.replace(',', ' and ')}; a decimal has a point.")
    if socket is not None and socket.type != "image" and not _is_readable(value):
        raise InputError(f"{name}: must be readable text.")
    if socket is not None and _is_unclosed(value, '["' if socket.type in ("text", "image") else "["):
        raise InputError(f"{name}: the list {shortened(value)} is not closed; end it with ].")
    return name, with_picture(workflow, name, value, image_source)


def _is_unclosed(value: str, begun: str) -> bool:
    """Whether a value is a JSON list, which begins as ``begun``, without its end."""
    text = value.strip()
    return text.replace(" ", "").startswith(begun) and not text.endswith("]")


def _is_readable(text: str) -> bool:
    """Whether each letter of a text is one, and no byte that the locale does not know."""
    return text == text.encode(errors="replace").decode()


def with_picture(
    workflow: Workflow, name: str, value: Any, image_source: MemoryImages, folder: Path = Path()
) -> Any:
    """A value for an input; where it is the path of a picture, from ``folder`` on, that is put into
    ``image_source``."""
    socket = target_of(workflow, name)
    if socket is None or socket.type != "image" or not isinstance(value, str):
        return value
    if several := _texts_of(value):
        return [with_picture(workflow, name, each, image_source, folder) for each in several]
    if (slashed := value.replace("\\", "/")) != value and (folder / expanded(slashed)).is_file():
        value = slashed  # of a table that was written on Windows
    if not _is_path(value, folder):
        return value
    picture = ImageInput.opened(folder / expanded(value))
    image_source.add(picture)
    return {"image": picture.name}


def _texts_of(value: str) -> list[str]:
    """The texts in a JSON list; none in any other text."""
    try:
        found = json.loads(value) if value.lstrip().startswith("[") else []
    except ValueError:
        return []
    return found if all(isinstance(each, str) for each in found) else []


def _note_single_texts(workflow: Workflow, given: Mapping[str, Any]) -> None:
    """Say how several texts are given where one with commas takes the place of a list."""
    for name, value in given.items():
        node, _, key = name.partition(".")
        inputs = workflow.nodes[node].inputs if node in workflow.nodes else {}
        before = workflow.inputs[name].default if name in workflow.inputs else inputs.get(key)
        is_text = isinstance(value, str) and "," in value and not _texts_of(value)
        socket = target_of(workflow, name)
        if is_text and isinstance(before, list) and socket is not None and socket.type == "text":
            parts = [part.strip(" '\"“”‘’") for part in value.strip().strip("[]").split(",")]
            several = json.dumps(parts, ensure_ascii=False)
            note(f"{name} is one text; for several write --set {shlex.quote(f'{name}={several}')}.")


def _is_path(text: str, folder: Path) -> bool:
    """Whether a value for a picture names a file, there or not, and no picture beside the workflow."""
    return (folder / expanded(text)).is_file() or (
        not text.startswith(("{", "[")) and ("/" in text or os.sep in text)
    )


def watchable(
    happening: events.Run,
    ended: Ended,
    drawn: list[Picture] | None = None,
    begun: list[str] | None = None,
) -> Steps[Progress, events.RunFinished]:
    """The run as steps for a progress bar; what keeps it from its end is noted in ``ended``, and
    each picture in ``drawn``, the recipe in ``begun`` as soon as there is one."""
    with Following(happening) as run:
        for event in run:
            if isinstance(event, events.NodeProgress):
                yield Progress(event.step.done, event.step.total, event.node)
            elif isinstance(event, events.NodeFailed | events.ChoiceNeeded):
                ended.append(event)
            elif isinstance(event, events.RunStarted) and begun is not None:
                begun.append(event.recipe)
            elif drawn is not None:
                drawn += events.pictures_drawn(event)
        return run.result


def _report(workflow: Workflow, finished: events.RunFinished, outputs: dict[str, list[Any]]) -> Report:
    report: Report = {
        "outputs": outputs,
        "executed": list(finished.executed),
        "cached": list(finished.cached),
        "seconds": round(finished.seconds, 3),
    }
    if finished.skipped:
        report["skipped"] = list(finished.skipped)
    if finished.failed:
        report["failed"] = list(finished.failed)
    if (expected := codes_of(workflow)) and finished.status == "done":
        shown = pictured(workflow, finished.outputs, finished.sources)
        drawing = getattr(shown, "drawing", None)
        report["identical"] = drawing is not None and drawing.digest == expected
    return report


def _add_choices(report: Report, ended: Ended, finished: events.RunFinished, folder: Path) -> None:
    """The pictures to choose from, written to files so that a person can look at them."""
    for event in ended:
        if isinstance(event, events.ChoiceNeeded):
            name = f"{event.node.replace(WITHIN, '_')}_choice"
            sheet = f"{name}_sheet"
            outputs = {name: event.pictures, sheet: (_numbered(event.pictures),)}
            shown = replace(finished, outputs=outputs, sources=dict.fromkeys(outputs, f"{event.node}.image"))
            files = write_results(shown, folder)
            report.setdefault("needs_choice", {})[event.node] = {
                "input": event.input, "pictures": files[name], "sheet": files[sheet][0],
            }  # fmt: skip


def _numbered(pictures: Sequence[Any]) -> ImageInput:
    """Pictures to choose from on one sheet, each above its number."""
    images = [picture.image.copy() for picture in pictures]
    for image in images:
        image.thumbnail((SHOWN, SHOWN))
    numbers = [str(number) for number in range(1, len(images) + 1)]
    return ImageInput.of(contact_sheet(images, columns_of(len(images)), captions=numbers))


def _lines(report: Report) -> list[str]:
    """What people read: the results, one a line, then what was done."""
    lines = [str(value) for values in report["outputs"].values() for value in values]
    for choice in report.get("needs_choice", {}).values():
        lines += [*choice["pictures"], choice["sheet"]]
    if "identical" in report:
        same = "The same codes as the recipe's: identical."
        lines.append(same if report["identical"] else "Other codes than the recipe's: not identical.")
    ran, cached = len(report["executed"]), len(report["cached"])
    return [*lines, f"{ran} step{'s' * (ran != 1)} ran, {cached} cached, {report['seconds']} s."]


def _show_plan(planned: Plan, as_json: bool) -> None:
    steps: list[JsonValue] = [{"node": s.node, "state": s.state, "seconds": s.seconds} for s in planned.steps]
    lines = [
        f"{step.node}: {step.state}" + (f" ({step.message})" * bool(step.message)) for step in planned.steps
    ]
    report: JsonObject = {"steps": steps, "seconds": round(planned.seconds, 3)}
    if planned.open:
        report["missing"] = [*planned.open]
    show(report if as_json else [*lines, planned.line])
    if not planned.can_end:
        raise typer.Exit(2)  # as the run would


def _end(ended: Ended, settled: str) -> None:
    """One sentence and an exit code for a run that did not come to its end.

    ``settled`` are options for its seeds, by which the next run finds the same pictures.
    """
    if not ended:
        return
    for event in ended:
        if isinstance(event, events.NodeFailed):
            typer.echo(f'Node "{event.node}": {event.message}', err=True)
        else:
            count = len(event.pictures)
            typer.echo(
                f'Node "{event.node}" waits for a choice of {count} pictures; run again with '
                f"{settled}--set {event.node}=NUMBER, from 1 to {count}, or with {settled}"
                f"--set {event.node}=likelihood.",
                err=True,
            )
    is_fault = any(isinstance(event, events.NodeFailed) and not event.is_input for event in ended)
    raise typer.Exit(1 if is_fault else 2)


def not_kept(store: Store) -> str:
    """A sentence for results that the next run will not find; empty if it finds them all."""
    if not isinstance(store, DiskStore) or store.failure is None:
        return ""
    why = str(refusal(store.failure, Settings.from_environment().results)).rstrip(".")
    return f"Results are not kept, and the next run draws them again. {why} (LUMINA_RESULTS)."


def _way_on(workflow: Workflow, begun: Sequence[str], unkept: str) -> str:
    """What a person reads after Ctrl-C: the rows that are drawn belong to the seeds of this run.

    Of candidates of which the best is taken no rows are kept; ``unkept`` says why nothing is.
    """
    options = "".join(_settled(workflow, load(recipe)) for recipe in begun).strip()
    with_them = f" with {options}" if options else ""
    if unkept:
        return f"Stopped. {unkept}" + f" Run it again{with_them} for the same pictures." * bool(options)
    is_best = any(node.inputs.get("best_of", 1) != 1 for node in every_node(workflow))
    rows = "finished steps are kept, candidates are drawn anew" if is_best else KEPT
    return f"Stopped; {rows}. Run it again{with_them} to go on from there."


def _settled(workflow: Workflow, ran: Workflow) -> str:
    """The options that name the seeds which "random" became in a run."""
    found = seeds_drawn(workflow, ran)
    texts = {name: json.dumps(value, separators=(",", ":")) for name, value in found.items()}
    return "".join(f"--set {shlex.quote(f'{name}={text}')} " for name, text in texts.items())
