"""``lumina eval geneval|dpg|graph200k``: pictures for the published benchmarks' own scorers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lumina.cli import generate
from lumina.cli.console import AsJson, Model, show, watched
from lumina.files import expanded, folder_named
from lumina.json_types import JsonObject
from lumina.steps import Progress, Steps

if TYPE_CHECKING:
    from lumina.evaluation.measuring import Options

Prompts = Annotated[
    Path,
    typer.Option("--prompts", help="The benchmark's own file or folder.", metavar="FILE", parser=expanded),
]
Pictures = Annotated[
    Path, typer.Option("--out", help="Folder for the pictures.", metavar="DIR", parser=folder_named)
]
Samples = Annotated[int, typer.Option("--samples", help="Pictures of each prompt.", min=1, max=16)]
Limit = Annotated[int | None, typer.Option("--limit", help="Only the first rows.", min=1)]
FirstSeed = Annotated[int, typer.Option("--seed", help="Of the first picture; the others follow.", min=0)]
Guidance = Annotated[float | None, typer.Option("--guidance-scale", min=0)]
Temperature = Annotated[float | None, typer.Option("--temperature", min=0.01)]
TopK = Annotated[int | None, typer.Option("--top-k", min=0)]
BestOf = Annotated[int | None, typer.Option("--best-of", help="Candidates of each picture.", min=1)]
Scorer = Annotated[str | None, typer.Option("--scorer", help="Who chooses: likelihood, judge or verifiers.")]


Known = Annotated[
    bool, typer.Option("--known", help="Only prompts that the judge of the model's world can judge.")
]


def _prompted(benchmark: str, docs: str) -> Callable[..., None]:
    """The command of a benchmark that is a list of prompts, each drawn several times."""

    def command(
        prompts: Prompts,
        out: Pictures = Path("outputs") / benchmark,
        samples: Samples = 4,
        limit: Limit = None,
        seed: FirstSeed = 0,
        guidance_scale: Guidance = None,
        temperature: Temperature = None,
        top_k: TopK = None,
        best_of: BestOf = None,
        scorer: Scorer = None,
        known: Known = False,
        model: Model = None,
        as_json: AsJson = False,
    ) -> None:
        from lumina.evaluation import published

        sampling = {"guidance_scale": guidance_scale, "temperature": temperature, "top_k": top_k}
        options = _given(**sampling, best_of=best_of, scorer=scorer)
        draw = {"geneval": published.geneval, "dpg": published.dpg}[benchmark]
        pipeline = generate.open_pipeline(model)
        steps = draw(
            pipeline, prompts, out, samples=samples, limit=limit, seed=seed, options=options, known=known
        )
        _watch(steps, as_json)

    command.__doc__ = docs
    return command


def eval_graph200k(
    prompts: Prompts,
    out: Pictures = Path("outputs/graph200k"),
    kind: Annotated[list[str] | None, typer.Option("--kind", help="depth, canny … or subject.")] = None,
    limit: Limit = None,
    seed: FirstSeed = 0,
    guidance_scale: Guidance = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    best_of: BestOf = None,
    scorer: Scorer = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Draw Graph200K's test rows (data.json) with their maps and subjects; goes on where it stopped."""
    from lumina.evaluation import published

    sampling = {"guidance_scale": guidance_scale, "temperature": temperature, "top_k": top_k}
    options = _given(**sampling, best_of=best_of, scorer=scorer)
    pipeline = generate.open_pipeline(model)
    _watch(
        published.graph200k(
            pipeline, prompts, out, kinds=kind or (), limit=limit, seed=seed, options=options
        ),
        as_json,
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "geneval": _prompted(
        "geneval",
        "Draw GenEval's prompts (evaluation_metadata.jsonl) for its scorer; goes on where it stopped.",
    ),
    "dpg": _prompted(
        "dpg",
        "Draw DPG-Bench's prompts (folder, or dpg_bench.csv) for its scorer; goes on where it stopped.",
    ),
    "graph200k": eval_graph200k,
}


def _given(**options: float | str | None) -> "Options":
    return {name: value for name, value in options.items() if value is not None}


def _watch(steps: Steps[Progress, JsonObject], as_json: bool) -> None:
    found = watched(steps, "Drawing", as_json)
    show(found if as_json else [f"{name:16} {value}" for name, value in found.items()])
