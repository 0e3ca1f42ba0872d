"""Pictures for the published benchmarks, in the folders and under the names that their own scorers expect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from lumina.errors import InputError
from lumina.evaluation.outcomes import Options
from lumina.evaluation.published_files import (
    Row,
    control_rows,
    dpg_prompts,
    geneval_lines,
    graph200k_rows,
    subject_rows,
)
from lumina.images import open_image, sheet, write_png
from lumina.pipeline.drawing import Painter
from lumina.steps import Progress, Steps, finish
from lumina.tasks.base import DrawingTask, read
from lumina.tasks.control import Control
from lumina.tasks.fields import MAX_SEED
from lumina.tasks.subject import Subject
from lumina.tasks.text_to_image import TextToImage

SAMPLES = 4  # pictures of a prompt, as in the published protocols
PROTOCOL = "protocol.json"
SUBJECT = "subject"
SEED = 0


@dataclass(frozen=True)
class Order:
    """One picture to draw: where it goes, relative to the report's folder, and the inputs of its task."""

    file: Path
    task: type[DrawingTask]
    values: Mapping[str, Any]


def geneval(
    pipeline: Painter, prompts: Path, out: Path, *, samples: int = SAMPLES, limit: int | None = None,
    seed: int = SEED, options: Options | None = None,
) -> Steps[dict[str, Any]]:  # fmt: skip
    """GenEval: `evaluation_metadata.jsonl` in, `00000/metadata.jsonl` and `00000/samples/0000.png` … out."""
    lines = geneval_lines(prompts)[:limit]
    orders = []
    for number, (line, prompt) in enumerate(lines):
        folder = out / f"{number:05d}"
        (folder / "samples").mkdir(parents=True, exist_ok=True)
        (folder / "metadata.jsonl").write_text(line + "\n", encoding="utf-8")
        orders += [
            Order(Path(folder.name) / "samples" / f"{sample:04d}.png", TextToImage, {"prompt": prompt})
            for sample in range(samples)
        ]
    return _run(pipeline, "geneval", prompts, out, orders, samples, seed, options or {})


def dpg(
    pipeline: Painter, prompts: Path, out: Path, *, samples: int = SAMPLES, limit: int | None = None,
    seed: int = SEED, options: Options | None = None,
) -> Steps[dict[str, Any]]:  # fmt: skip
    """DPG-Bench: a folder of `ID.txt` or `dpg_bench.csv` in, `images/ID.png` out: the samples two by two.

    The single pictures stay in `parts`. The scorer wants `images`, the side of one picture as its resolution
    and the number of samples.
    """
    chosen = list(dpg_prompts(prompts).items())[:limit]
    orders = [
        Order(Path("parts") / f"{name}-{sample}.png", TextToImage, {"prompt": prompt})
        for name, prompt in chosen
        for sample in range(samples)
    ]
    steps = _run(pipeline, "dpg", prompts, out, orders, samples, seed, options or {})
    return _then_grids(steps, out, [name for name, _ in chosen], samples)


def _then_grids(
    steps: Steps[dict[str, Any]], out: Path, names: Sequence[str], samples: int
) -> Steps[dict[str, Any]]:
    found = yield from steps
    for name in names:
        parts = [Image.open(out / "parts" / f"{name}-{sample}.png") for sample in range(samples)]
        write_png(out / "images" / f"{name}.png", sheet(parts, columns=min(2, samples), gap=0))
    return {**found, "folder": str(out / "images"), "resolution": parts[0].width if names else 0}


def graph200k(
    pipeline: Painter, prompts: Path, out: Path, *, kinds: Sequence[str] = (), limit: int | None = None,
    seed: int = SEED, options: Options | None = None,
) -> Steps[dict[str, Any]]:  # fmt: skip
    """Graph200K: the `data.json` of its processed test split in, `KIND/N_KIND.png` and `pairs.jsonl` out.

    Kinds: every map the model knows that the data holds, and `subject`; all unless named.
    """
    rows = graph200k_rows(prompts)[:limit]
    able = [*pipeline.spec.kinds, SUBJECT]
    for kind in kinds:
        if kind not in able:
            raise InputError(f'{pipeline.spec.title} cannot do "{kind}"; choose from: {", ".join(able)}.')
    orders, pairs = [], []
    for kind in kinds or able:
        found = subject_rows(rows) if kind == SUBJECT else control_rows(rows, kind)
        for row in found:
            file = Path(kind) / f"{row.number}_{kind}.png"
            orders.append(Order(file, Subject if kind == SUBJECT else Control, _graph_values(row, kind)))
            pairs.append({"result": str(file), "kind": kind, **row.described()})
    out.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
    (out / "pairs.jsonl").write_text(text, encoding="utf-8")
    return _run(pipeline, "graph200k", prompts, out, orders, 1, seed, options or {})


def _graph_values(row: Row, kind: str) -> dict[str, Any]:
    """The inputs of a task; the picture is a file that is opened when it is its turn."""
    if kind == SUBJECT:
        return {"image": row.given, "subject": row.subject, "prompt": row.prompt}
    return {"condition": row.given, "kind": kind, "prompt": row.prompt}


def _run(
    pipeline: Painter, name: str, prompts: Path, out: Path, orders: Sequence[Order], samples: int,
    seed: int, options: Options,
) -> Steps[dict[str, Any]]:  # fmt: skip
    """Check everything that can be wrong, then draw; raises InputError before the first picture."""
    if not orders:
        raise InputError(f"{prompts} holds nothing that can be drawn; give the benchmark's own file.")
    protocol = {
        "benchmark": name, "prompts": prompts.name, "samples": samples, "seed": seed, "thinking": False,
        "model": pipeline.model, **_settings(pipeline, orders[0], options),
    }  # fmt: skip
    _keep_protocol(out / PROTOCOL, protocol)
    return _draw(pipeline, out, orders, seed, options, protocol)


def _settings(pipeline: Painter, order: Order, options: Options) -> dict[str, Any]:
    """The sampler's settings, and how many candidates a picture is chosen from."""
    task = _task(order, 0, options)
    used = task.resolved(pipeline).options().model_dump(exclude={"seed"})
    return {**used, "best_of": getattr(task, "best_of", 1), "scorer": getattr(task, "scorer", None)}


def _keep_protocol(file: Path, protocol: dict[str, Any]) -> None:
    """Write the protocol, or compare it with the one that the folder's pictures were drawn by."""
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        changed = [key for key, value in protocol.items() if before.get(key) != value]
        if changed:
            raise InputError(
                f"{file.parent} holds pictures drawn with another {', '.join(changed)}; "
                "choose another folder, or the same settings to go on."
            )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(protocol, indent=1) + "\n", encoding="utf-8")


def _draw(
    pipeline: Painter, out: Path, orders: Sequence[Order], seed: int, options: Options,
    protocol: dict[str, Any],
) -> Steps[dict[str, Any]]:  # fmt: skip
    """Draw what is not there yet. Picture i has the seed + i, whatever was drawn before."""
    drawn = 0
    for number, order in enumerate(orders):
        if not (out / order.file).exists():
            picture = finish(_task(order, (seed + number) % (MAX_SEED + 1), options).run(pipeline)).image[0]
            write_png(out / order.file, picture.image)
            drawn += 1
        yield Progress(number + 1, len(orders), unit="pictures")
    return {**protocol, "pictures": len(orders), "drawn_now": drawn, "folder": str(out)}


def _task(order: Order, seed: int, options: Options) -> DrawingTask:
    opened = {
        name: open_image(value) if isinstance(value, Path) else value for name, value in order.values.items()
    }
    return read(order.task, {**options, **opened, "seed": seed})
