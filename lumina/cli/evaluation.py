"""``lumina eval`` and ``lumina bench``: how good the pictures are, and how fast they come."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from lumina.cli import generate
from lumina.cli.console import AsJson, Cache, Model, Quant, group, show, watched
from lumina.errors import InputError
from lumina.files import check_writable, expanded, folder_named
from lumina.model.config import spec_of
from lumina.settings import Settings
from lumina.worlds import FOLDERS, SCENES, SHIPPED, world_of
from lumina.worlds.benchmark import Benchmark

app = group("Measure the embedded model: its pictures, its picture tokenizer, the judge.")

Count = Annotated[int, typer.Option("--limit", help="How many pictures or scenes.", min=1)]
Reports = Annotated[
    Path, typer.Option("--out", help="Folder for the report.", metavar="DIR", parser=folder_named)
]


def eval_world(
    context: typer.Context,
    task: Annotated[
        str | None, typer.Option("--task", help="Which task; by default all that the model can do.")
    ] = None,
    limit: Count = 300,
    out: Reports = Path("outputs/eval"),
    model: Model = None,
    guidance_scale: Annotated[float | None, typer.Option("--guidance-scale", min=0)] = None,
    temperature: Annotated[float | None, typer.Option("--temperature", min=0.01)] = None,
    top_p: Annotated[float | None, typer.Option("--top-p", min=0.001, max=1)] = None,
    is_typed: Annotated[
        bool, typer.Option("--as-typed", help="Say everything with a capital and a full stop.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Draw held-out cases of every task of a world and measure them against their exact truth."""
    from lumina.evaluation import benchmark
    from lumina.evaluation.as_typed import AsTyped

    options = {"guidance_scale": guidance_scale, "temperature": temperature, "top_p": top_p}
    given = {name: value for name, value in options.items() if value is not None}
    spec, world = generate.spec_for(model), context.info_name
    if model is None and spec.world != world and world in SHIPPED:
        spec, model = spec_of(world), world  # its own
    if spec.world != world:
        raise InputError(f"{spec.title} is no model of {world}; name one with --model.")
    pipeline = generate.open_pipeline(model)
    pipeline = AsTyped(pipeline) if is_typed else pipeline
    steps = benchmark.run(pipeline, task=task, limit=limit, out=out, options=given)
    _show(watched(steps, "Drawing and measuring", as_json), as_json)


for _world in FOLDERS:
    app.command(_world, hidden=_world not in SHIPPED)(eval_world)


@app.command("tokenizer")
def eval_tokenizer(limit: Count = 500, model: Model = None, as_json: AsJson = False) -> None:
    """Send held-out scenes and their maps through the picture tokenizer and back."""
    from lumina.evaluation.round_trip import tokenizer_report

    steps = tokenizer_report(_movqgan(model), _benchmark(model), limit)
    _show(watched(steps, "Encoding", as_json), as_json)


@app.command("judge")
def eval_judge(limit: Count = 200, model: Model = None, as_json: AsJson = False) -> None:
    """Measure how strict the judge is, on pictures whose truth is known."""
    from lumina.evaluation.round_trip import spoils
    from lumina.evaluation.strictness import strictness

    spoiled = spoils(_movqgan(model))
    steps = strictness(
        _benchmark(model),
        limit,
        round_trip=spoiled["round_trip"],
        shuffled_codes=spoiled["shuffled_codes"],
    )
    _show({"judge": watched(steps, "Judging", as_json)}, as_json)


@app.command("best-of")
def eval_best_of(
    limit: Count = 120,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often, with other seeds.")] = 3,
    journal: Annotated[
        Path | None,
        typer.Option(
            "--journal", help="Keeps what is found; run again, it goes on from there.", parser=expanded
        ),
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure what choosing the likeliest of two, four and eight pictures gains over drawing one."""
    from lumina.evaluation import best_of
    from lumina.evaluation.benchmark import SEED

    steps = best_of.run(generate.open_pipeline(model), limit, SEED, rounds=rounds, journal=journal)
    _show({"best_of": watched(steps, "Drawing and choosing", as_json)}, as_json)


@app.command("free-wording")
def eval_free_wording(
    limit: Count = 300,
    task: Annotated[str | None, typer.Option("--task", help="Only text_to_image or edit.")] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure how often requests in free wording are read as they are meant, and drawn right."""
    from lumina.evaluation import free_wording
    from lumina.evaluation.benchmark import SEED

    steps = free_wording.run(generate.open_pipeline(model), limit, SEED, task)
    _show({"free_wording": watched(steps, "Drawing", as_json)}, as_json)


@app.command("first-row")
def eval_first_row(
    limit: Annotated[int, typer.Option("--limit", help="How many pictures.", min=1)] = 10,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure how long the first row of a picture takes to come, from an engine if one is set."""
    from lumina.evaluation import first_row

    steps = first_row.run(generate.open_pipeline(model, previews=True), limit)
    _show(watched(steps, "Drawing", as_json), as_json)


@app.command("loading")
def eval_loading(
    gigabytes: Annotated[float, typer.Option("--gigabytes", help="Size of the checkpoint.", min=0.3)] = 1.5,
    dtype: Annotated[str, typer.Option("--dtype", help="What it is read as.")] = "bfloat16",
    as_json: AsJson = False,
) -> None:
    """Measure the peak of memory while a checkpoint of random weights is read."""
    import tempfile

    from lumina.evaluation import loading

    with tempfile.TemporaryDirectory() as folder:
        _show(watched(loading.run(Path(folder), gigabytes, dtype), "Reading", as_json), as_json)


def bench(
    pictures: Annotated[int, typer.Option("--pictures", help="How many for each window.", min=1)] = 3,
    window: Annotated[list[int] | None, typer.Option("--window", help="Windows to compare.")] = None,
    part: Annotated[
        list[str] | None, typer.Option("--part", help="What to measure; by default everything.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for a table and a chart.", metavar="DIR", parser=folder_named),
    ] = None,
    model: Model = None,
    quant: Quant = None,
    cache: Cache = None,
    random_weights: Annotated[
        bool, typer.Option("--random-weights", help="Measure a model of full size without its files.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how fast the model draws here, and compare with the published program's way of drawing."""
    from lumina.evaluation import bench, speed

    if any(not 1 <= size <= 256 for size in window or ()):
        raise InputError("A window is a number of codes from 1 to 256.")
    if out is not None:
        check_writable(out)  # rather than after the measuring
    generate.without_engine("`lumina bench`")
    if random_weights:
        from lumina.evaluation import full_size

        settings = generate.settings_with(quant, cache)
        measured = full_size.run(
            spec_of(model or "lumina-mgpt-2.0"), settings, windows=window or full_size.WINDOWS
        )
        return _show(watched(measured, "Measuring", as_json), as_json)
    changed = {"settings": generate.settings_with(quant, cache)} if quant or cache else {}
    pipeline = generate.open_pipeline(model, previews=True, **changed)
    parts = part or [name for name in bench.PARTS if name != "contest" or not pipeline.spec.is_published]
    windows = window or sorted({*speed.WINDOWS, pipeline.settings.window})
    steps = bench.run(pipeline, parts=parts, pictures=pictures, windows=windows)
    found = watched(steps, "Measuring", as_json)
    if out is not None:
        bench.write(found, out)
    if as_json:
        return show(found)
    return show(bench.table(found).splitlines())


def _movqgan(model: str | None) -> Any:
    generate.without_engine("This")
    from lumina.model.checkpoint import load_movqgan, locate

    return load_movqgan(locate(generate.spec_for(model), Settings.from_environment().models).movqgan)


def _benchmark(model: str | None) -> Benchmark:
    """That of the model's world; a tokenizer of any images is measured on the scenes of the first."""
    world = world_of(generate.spec_for(model).world or SCENES)
    assert world is not None
    return world.benchmark()


def _show(found: Mapping[str, Any], as_json: bool) -> None:
    """The figures; for people one a line."""
    show(found if as_json else list(_lines(found, "")))


def _lines(found: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for name, value in found.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", *_lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name:24} {value}")
    return lines
