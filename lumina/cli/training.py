"""``lumina train``: the embedded model from nothing, its refinement, and the published architecture."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lumina.cli.console import AsJson, Model, group, show, watched
from lumina.files import expanded, folder_named
from lumina.settings import model_at_home
from lumina.worlds import FOLDERS

if TYPE_CHECKING:
    from lumina.training.training_memory import TrainingMemory

app = group("Train the embedded model: first the tokenizer, then the model.")

Data = Annotated[
    Path, typer.Option("--data", help="Folder of rendered scenes.", metavar="DIR", parser=expanded)
]
ModelData = Annotated[
    Path,
    typer.Option(
        "--data", help="Rendered scenes, or your own pictures with captions.", metavar="DIR", parser=expanded
    ),
]
Runs = Annotated[
    Path,
    typer.Option(
        "--out", help="Folder of the run; goes on if it was begun.", metavar="DIR", parser=folder_named
    ),
]
RunsOfWorld = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder of the run; goes on if it was begun. Default: runs/WORLD.",
        metavar="DIR",
        parser=folder_named,
    ),
]
Minutes = Annotated[float, typer.Option("--minutes", help="How long to train.", min=0.01)]
Processes = Annotated[
    int, typer.Option("--processes", help="Processes of one thread each; one a GPU trains.", min=1)
]
Device = Annotated[str, typer.Option("--device", help="What trains.", metavar="cpu|cuda|auto")]
StopAfter = Annotated[
    float | None,
    typer.Option("--stop-after", help="Minutes by the clock to stop after; run again to go on.", min=0.01),
]


@app.command("tokenizer")
def train_tokenizer(
    data: Data = Path("runs/scenes"),
    out: RunsOfWorld = None,
    minutes: Minutes = 30.0,
    processes: Processes = 2,
    batch: Annotated[int, typer.Option("--batch", help="Pictures in a step.", min=1)] = 24,
    shards: Annotated[int, typer.Option("--shards", help="Scenes to render, 200 to a shard.", min=1)] = 200,
    world: Annotated[str, typer.Option("--world", help="What the scenes are of.")] = FOLDERS[0],
    start_from: Annotated[
        Path | None,
        typer.Option(
            "--start-from", help="Model folder whose tokenizer to begin with.", metavar="DIR", parser=expanded
        ),
    ] = None,
    device: Device = "cpu",
    stop_after: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Render scenes where they are missing and train the picture tokenizer; goes on where it stopped."""
    from lumina.training import runs

    steps = runs.train_tokenizer(
        data, out or _run_of(world), world, minutes=minutes, processes=processes, batch=batch, shards=shards,
        start_from=start_from, device=device, stop_after=stop_after,
    )  # fmt: skip
    folder = str(watched(steps, "Training the tokenizer", as_json))
    show({"model": folder} if as_json else [folder])


@app.command("decoder")
def train_decoder(
    data: Data = Path("runs/scenes"),
    out: Runs = Path("runs/tabletop"),
    minutes: Minutes = 15.0,
    processes: Processes = 2,
    device: Device = "cpu",
    stop_after: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Refine the picture tokenizer's decoder; the codes, and so the transformer, stay valid."""
    from lumina.training import runs

    steps = runs.train_decoder(
        data, out, minutes=minutes, processes=processes, device=device, stop_after=stop_after
    )
    folder = str(watched(steps, "Refining the decoder", as_json))
    show({"model": folder} if as_json else [folder])


Tasks = Annotated[
    list[str] | None,
    typer.Option("--tasks", help="Tasks to learn, named once each or with commas; default all."),
]
StartFrom = Annotated[
    Path | None,
    typer.Option(
        "--start-from", help="Model folder whose weights to begin with.", metavar="DIR", parser=expanded
    ),
]
CodesFolder = Annotated[
    Path | None,
    typer.Option("--codes", help="Folder of codes that runs share.", metavar="DIR", parser=expanded),
]


Rejected = Annotated[
    Path | None,
    typer.Option(
        "--rejected",
        help="Folder of `train reject`: what to make unlikelier.",
        metavar="DIR",
        parser=expanded,
    ),
]


@app.command("prepare")
def prepare_data(
    data: Data = Path("runs/scenes"),
    out: RunsOfWorld = None,
    processes: Processes = 2,
    tasks: Tasks = None,
    start_from: StartFrom = None,
    codes: CodesFolder = None,
    world: Annotated[
        str, typer.Option("--world", help="Render its scenes, too, and take the tokenizers shipped for it.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Render and encode what the tasks are learned from; `train model` does this too."""
    from lumina.training import runs

    steps = runs.prepare(
        data, out or _run_of(world), tasks=_split(tasks), start_from=start_from, codes=codes,
        workers=processes, world=world,
    )  # fmt: skip
    folder = str(watched(steps, "Preparing", as_json))
    show({"codes": folder} if as_json else [folder])


@app.command("model")
def train_model(
    data: ModelData = Path("runs/scenes"),
    out: Runs = Path("runs/tabletop"),
    minutes: Minutes = 75.0,
    processes: Processes = 2,
    batch: Annotated[int, typer.Option("--batch", help="Sequences in a step.", min=1)] = 16,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate", help="Peak of the learning rates; default 2e-3, of your own pictures 2e-4.", min=1e-9
        ),
    ] = None,
    tasks: Tasks = None,
    start_from: StartFrom = None,
    codes: CodesFolder = None,
    rejected: Rejected = None,
    device: Device = "cpu",
    stop_after: StopAfter = None,
    as_json: AsJson = False,
) -> None:
    """Train on the tasks, or refine the model on your own pictures; goes on where it stopped."""
    from lumina.training import runs

    steps = runs.train_model(
        data, out, minutes=minutes, processes=processes, batch=batch, rate=rate,
        tasks=_split(tasks), start_from=start_from, codes=codes, rejected=rejected, device=device,
        stop_after=stop_after,
    )  # fmt: skip
    folder = str(watched(steps, "Training the model", as_json))
    show({"model": folder} if as_json else [folder])


@app.command("reject")
def draw_rejected(
    model: Annotated[Path, typer.Argument(help="Model folder that draws.", parser=expanded)],
    out: Annotated[
        Path,
        typer.Option("--out", help="Folder to write; goes on if begun.", metavar="DIR", parser=folder_named),
    ],
    shards: Annotated[int, typer.Option("--shards", help="100 drawings of each kind for each.", min=1)] = 24,
    processes: Processes = 2,
    as_json: AsJson = False,
) -> None:
    """Have a model draw and keep what the judge rejects; `train model --rejected` makes that unlikelier."""
    from lumina.training.rejection_sampling import reject

    count = watched(reject(model, out, shards, processes), "Drawing", as_json)
    show({"rejected": count} if as_json else [f"{count} drawings rejected"])


@app.command("average")
def average(
    folders: Annotated[
        list[Path], typer.Argument(help="Model folders, trained on from one ancestor.", parser=expanded)
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write, new or empty.", metavar="DIR", parser=folder_named)
    ],
    as_json: AsJson = False,
) -> None:
    """Write the model with the mean weights of several, which can be better than each of them."""
    from lumina.training.averaging import average_models

    folder = str(average_models(folders, out))
    show({"model": folder} if as_json else [folder])


Shards = Annotated[
    Path, typer.Option("--out", help="Folder for the shards.", metavar="DIR", parser=folder_named)
]


@app.command("shards")
def write_shards(
    data: Annotated[
        Path, typer.Option("--data", help="Pictures with captions.", metavar="DIR", parser=expanded)
    ],
    out: Shards,
    model: Model = "omni",
    pixels: Annotated[int, typer.Option("--pixels", help="Side of a square picture: 256, 512, 768.")] = 512,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> None:
    """Write pictures with captions as shards of tokens, for `train published`; goes on where it stopped."""
    from lumina.training.published_runs import tokenize

    folder = str(watched(tokenize(data, model or "omni", out, pixels, device), "Writing tokens", as_json))
    show({"shards": folder} if as_json else [folder])


@app.command("published")
def train_published(
    data: Annotated[
        Path, typer.Option("--data", help="Folder of `train shards`.", metavar="DIR", parser=expanded)
    ] = Path("runs/shards"),
    out: Runs = Path("runs/published"),
    sizes: Annotated[str, typer.Option("--sizes", help="Of a new model.", metavar="7b|2b|FILE")] = "7b",
    start_from: Annotated[
        str | None,
        typer.Option("--start-from", help="Model to begin with, by name or folder.", parser=model_at_home),
    ] = None,
    lora: Annotated[int, typer.Option("--lora", help="Rank; the model itself is frozen then.", min=0)] = 0,
    steps: Annotated[int | None, typer.Option("--steps", help="In all; default as published.", min=1)] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", help="Samples in a step of all GPUs.", min=1)
    ] = None,
    rate: Annotated[float | None, typer.Option("--rate", help="Learning rate.")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Samples in one pass of a GPU.", min=1)] = 1,
    save_every: Annotated[int, typer.Option("--save-every", help="Steps.", min=1)] = 500,
    device: Device = "auto",
    stop_after: StopAfter = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what memory it takes.")] = False,
    gpus: Annotated[int, typer.Option("--gpus", help="With --plan: how many share it.", min=1)] = 1,
    as_json: AsJson = False,
) -> None:
    """Train the published architecture, on one GPU or with torchrun on many; goes on where it stopped."""
    from lumina.training import published_runs

    if plan:
        _show_plan(published_runs.plan(sizes, start_from, gpus, rows, lora), as_json)
        return
    steps_of_run = published_runs.train_published(
        data, out, sizes=sizes, start_from=start_from, steps=steps, batch=batch, rate=rate, rows=rows,
        lora=lora, save_every=save_every, device=device, stop_after=stop_after,
    )  # fmt: skip
    leads = os.environ.get("RANK", "0") == "0"
    folder = str(watched(steps_of_run, "Training", as_json or not leads))
    if leads:
        show({"model": folder} if as_json else [folder])


def _show_plan(stages: "Mapping[int, TrainingMemory]", as_json: bool) -> None:
    """GB on each GPU, a line for each stage."""
    found = {str(pixels): memory.in_gb() for pixels, memory in stages.items()}
    lines = [
        f"{pixels} px: {parts['total']:.1f} GB a GPU ("
        + ", ".join(f"{name} {value:.1f}" for name, value in parts.items() if name != "total" and value)
        + ")"
        for pixels, parts in found.items()
    ]
    show(found if as_json else lines)


def _run_of(world: str) -> Path:
    return Path("runs") / (world or FOLDERS[0])


def _split(names: list[str] | None) -> list[str]:
    """``--tasks edit,control --tasks subject`` as three names."""
    return [name.strip() for text in names or [] for name in text.split(",") if name.strip()]
