"""Pictures for the published benchmarks, in the folders and under the names that their own scorers expect."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from lumina.errors import InputError
from lumina.evaluation.measuring import Options
from lumina.evaluation.published_files import (
    Row,
    control_rows,
    dpg_prompts,
    geneval_lines,
    graph200k_data,
    subject_rows,
)
from lumina.images import contact_sheet, open_image, write_png
from lumina.json_types import JsonObject
from lumina.model.config import ModelSpec
from lumina.runtime.painter import Painter
from lumina.runtime.request import LIKELIHOOD, VERIFIERS
from lumina.sampler.options import MAX_SEED
from lumina.steps import Progress, Steps, finish
from lumina.tasks.base import DrawingTask, read
from lumina.tasks.control import Control
from lumina.tasks.subject import Subject
from lumina.tasks.text_to_image import TextToImage
from lumina.worlds import world_of
from lumina.worlds.base import World

SAMPLES = 4  # pictures of a prompt, as in the published protocols
PROTOCOL = "protocol.json"
PAIRS = "pairs.jsonl"
SUBJECT = "subject"
SEED = 0


@dataclass(frozen=True)
class Order:
    """One picture to draw: where it goes, relative to the report's folder, the inputs of its task, and what
    is added to the benchmark's seed for it."""

    file: Path
    task: type[DrawingTask]
    values: Mapping[str, str | Path]
    number: int


def geneval(
    pipeline: Painter, prompts: Path, out: Path, *, samples: int = SAMPLES, limit: int | None = None,
    seed: int = SEED, options: Options | None = None, known: bool = False,
) -> Steps[Progress, JsonObject]:  # fmt: skip
    """GenEval: `evaluation_metadata.jsonl` in, `00000/metadata.jsonl` and `00000/samples/0000.png` … out.

    Where the model draws a world, that world's own judge, which is not GenEval's, says what share of the
    pictures shows what it can judge; `known` draws those prompts alone.
    """
    orders, texts = [], {}
    judge = _WorldJudge.of(pipeline.spec)
    for row, (line, prompt) in enumerate(geneval_lines(prompts)[:limit]):
        if known and not judge.can_judge(prompt):
            continue
        folder = Path(f"{row:05d}")
        texts[folder / "metadata.jsonl"] = line + "\n"
        orders += [
            Order(folder / "samples" / f"{i:04d}.png", TextToImage, {"prompt": prompt}, row * samples + i)
            for i in range(samples)
        ]
    steps = _run(pipeline, "geneval", prompts, out, orders, texts, samples, seed, options or {})
    return _then_judged(steps, out, orders, judge)


@dataclass(frozen=True)
class _WorldJudge:
    """The judge of the world that a model draws; of no world it can judge nothing."""

    world: World | None

    @classmethod
    def of(cls, spec: ModelSpec) -> "_WorldJudge":
        return cls(world_of(spec.world))

    def can_judge(self, prompt: str) -> bool:
        return self.world is not None and self.world.can_judge(self.world.language.normalize(prompt))

    def shows(self, file: Path, prompt: str) -> bool:
        assert self.world is not None
        pixels = np.asarray(open_image(file))
        return self.world.shows(pixels, self.world.language.normalize(prompt))


def _then_judged(
    steps: Steps[Progress, JsonObject], out: Path, orders: Sequence[Order], judge: _WorldJudge
) -> Steps[Progress, JsonObject]:
    """Add what share of the pictures that the world's own judge can judge is right by it."""
    found = yield from steps
    prompts = {order.file: str(order.values["prompt"]) for order in orders}
    judged = {file: prompt for file, prompt in prompts.items() if judge.can_judge(prompt)}
    if not judged:
        return found
    right = [judge.shows(out / file, prompt) for file, prompt in judged.items()]
    share = round(sum(right) / len(right), 4)
    return {**found, "judged_by_its_world": len(right), "right_by_its_world": share}


def dpg(
    pipeline: Painter, prompts: Path, out: Path, *, samples: int = SAMPLES, limit: int | None = None,
    seed: int = SEED, options: Options | None = None, known: bool = False,
) -> Steps[Progress, JsonObject]:  # fmt: skip
    """DPG-Bench: a folder of `ID.txt` or `dpg_bench.csv` in, `images/ID.png` out: the samples two by two.

    `known` draws the prompts alone that the judge of the model's world can judge.

    The single pictures stay in `parts`. The scorer wants `images`, the side of one picture as its resolution
    and the number of samples.
    """
    judge = _WorldJudge.of(pipeline.spec)
    rows = enumerate(list(dpg_prompts(prompts).items())[:limit])
    chosen = [(row, *one) for row, one in rows if not known or judge.can_judge(one[1])]
    orders = [
        Order(Path("parts") / f"{name}-{i}.png", TextToImage, {"prompt": prompt}, row * samples + i)
        for row, name, prompt in chosen
        for i in range(samples)
    ]
    steps = _run(pipeline, "dpg", prompts, out, orders, {}, samples, seed, options or {})
    return _then_grids(steps, out, [name for _, name, _ in chosen], samples)


def _then_grids(
    steps: Steps[Progress, JsonObject], out: Path, names: Sequence[str], samples: int
) -> Steps[Progress, JsonObject]:
    found = yield from steps
    for name in names:
        parts = [Image.open(out / "parts" / f"{name}-{sample}.png") for sample in range(samples)]
        write_png(out / "images" / f"{name}.png", contact_sheet(parts, columns=min(2, samples), gap=0))
    return {**found, "folder": str(out / "images"), "resolution": parts[0].width if names else 0}


def graph200k(
    pipeline: Painter, prompts: Path, out: Path, *, kinds: Sequence[str] = (), limit: int | None = None,
    seed: int = SEED, options: Options | None = None,
) -> Steps[Progress, JsonObject]:  # fmt: skip
    """Graph200K: the `data.json` of its processed test split in, `KIND/N_KIND.png` and `pairs.jsonl` out.

    Kinds: every map the model knows that the data holds, and `subject`; all unless named.
    """
    data = graph200k_data(prompts, limit)
    able = [*pipeline.spec.kinds, SUBJECT]
    for kind in kinds:
        if kind not in able:
            raise InputError(f'{pipeline.spec.title} cannot do "{kind}"; choose from: {", ".join(able)}.')
    orders, pairs = list[Order](), list[JsonObject]()
    for kind in kinds or able:
        found = subject_rows(data) if kind == SUBJECT else control_rows(data, kind)
        for row in found:
            file = Path(kind) / f"{row.number}_{kind}.png"
            task = Subject if kind == SUBJECT else Control
            number = row.number * len(able) + able.index(kind)
            orders.append(Order(file, task, _graph_values(row, kind), number))
            pairs.append({"result": str(file), "kind": kind, **row.described()})
    texts = {Path(PAIRS): _pairs(out / PAIRS, pairs)}
    return _run(pipeline, "graph200k", prompts, out, orders, texts, 1, seed, options or {})


def _pairs(file: Path, pairs: Sequence[JsonObject]) -> str:
    """The lines that are in the file, if there is one, and those of other pictures."""
    before = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    known = {json.loads(line)["result"] for line in before}
    added = [json.dumps(pair, ensure_ascii=False) for pair in pairs if pair["result"] not in known]
    return "".join(line + "\n" for line in (*before, *added))


def _graph_values(row: Row, kind: str) -> Mapping[str, str | Path]:
    """The inputs of a task; the picture is a file that is opened when it is its turn."""
    if kind == SUBJECT:
        return {"image": row.given, "subject": row.subject, "prompt": row.prompt}
    return {"condition": row.given, "kind": kind, "prompt": row.prompt}


def _run(
    pipeline: Painter, name: str, prompts: Path, out: Path, orders: Sequence[Order],
    texts: Mapping[Path, str], samples: int, seed: int, options: Options,
) -> Steps[Progress, JsonObject]:  # fmt: skip
    """Check everything that can be wrong, write the texts and draw; raises InputError before anything is
    written."""
    if not orders:
        raise InputError(f"{prompts} holds nothing that can be drawn; give the benchmark's own file.")
    protocol: JsonObject = {
        "benchmark": name, "prompts": f"{prompts.name} {_digest(prompts)}", "samples": samples,
        "seed": seed, "thinking": False, "model": pipeline.model, **_settings(pipeline, orders, options),
    }  # fmt: skip
    _keep_protocol(out / PROTOCOL, protocol)
    for file, text in texts.items():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_text(text, encoding="utf-8")
    return _draw(pipeline, out, orders, seed, options, protocol)


def _digest(prompts: Path) -> str:
    """Tells the contents of a file, or of a folder's files, from others."""
    files = sorted(prompts.iterdir()) if prompts.is_dir() else [prompts]
    contents = b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in files if file.is_file())
    return hashlib.sha256(contents).hexdigest()[:16]


def _settings(pipeline: Painter, orders: Sequence[Order], options: Options) -> JsonObject:
    """The sampler's settings, and how many candidates a picture is chosen from; subjects have their own."""
    found: JsonObject = {}
    for order in {order.task: order for order in orders}.values():
        task = _task(order, 0, options)
        used = task.resolved(pipeline).options().model_dump(exclude={"seed"})
        used |= {"best_of": task.best_of, "scorer": task.scorer}
        if task.scorer == VERIFIERS:
            used["verifiers"] = [*pipeline.settings.verifiers]
        prefix = f"{SUBJECT} " if order.task is Subject else ""
        found |= {prefix + name: value for name, value in used.items()}
    return found


def _keep_protocol(file: Path, protocol: JsonObject) -> None:
    """Write the protocol, or compare it with the one that the folder's pictures were drawn by."""
    before: JsonObject = {}
    if file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        changed = [key for key, value in protocol.items() if before.get(key, value) != value]
        if changed:
            raise InputError(
                f"{file.parent} holds pictures drawn with another {', '.join(changed)}; "
                "choose another folder, or the same settings to go on."
            )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**before, **protocol}, indent=1) + "\n", encoding="utf-8")


def _draw(
    pipeline: Painter, out: Path, orders: Sequence[Order], seed: int, options: Options,
    protocol: JsonObject,
) -> Steps[Progress, JsonObject]:  # fmt: skip
    """Draw what is not there yet; a picture's seed is its own, whatever was drawn before."""
    drawn = 0
    for done, order in enumerate(orders, start=1):
        if not (out / order.file).exists():
            task = _task(order, (seed + order.number) % (MAX_SEED + 1), options)
            write_png(out / order.file, finish(task.run(pipeline)).image[0].image)
            drawn += 1
        yield Progress(done, len(orders), unit="pictures")
    return {**protocol, "pictures": len(orders), "drawn_now": drawn, "folder": str(out)}


def _task(order: Order, seed: int, options: Options) -> DrawingTask:
    """Its best of several is the likeliest, if not said otherwise: a judge must not choose what it judges."""
    opened = {
        name: open_image(value) if isinstance(value, Path) else value for name, value in order.values.items()
    }
    return read(order.task, {"scorer": LIKELIHOOD, **options, **opened, "seed": seed})
