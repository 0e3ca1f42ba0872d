"""Has a model draw, and keeps what the judge rejects."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch

from lumina.errors import InputError
from lumina.evaluation.editing import EditCase
from lumina.evaluation.outcomes import draw
from lumina.model.checkpoint import load_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.runtime.drawing import Drawing
from lumina.runtime.painter import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.steps import Progress, Steps
from lumina.tasks import instructions
from lumina.tasks.text_to_image import TextToImage
from lumina.training.codes import codes_of
from lumina.training.rejected import KINDS, Rejected, read_rejected, save_rejected
from lumina.training.sources import shares, weight_of
from lumina.training.workers import each
from lumina.worlds.tabletop.captions import describe, text_of
from lumina.worlds.tabletop.edits import OPERATIONS, sample_edit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.judge import obeys
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import FRAMES, Scene, is_held_out, sample_scene

ATTEMPTS = 100  # pictures drawn for a shard
LOOKED_AT = 12  # scenes of which one is asked for, by its weight in training
OPERATION_SHARES = shares(4.0 if operation == "add" else 1.0 for operation in OPERATIONS)
PLAIN = {"guidance_scale": 1.0, "temperature": 1.0, "top_p": 1.0}  # the model's own chances, all of them


def reject(model: Path, out: Path, shards: int, workers: int = 2) -> Steps[Progress, int]:
    """Draw so many shards of each kind with a model and keep what the judge rejects; what is there already
    is left alone. Returns how many drawings were rejected. Raises InputError where there is no model."""
    if not (model / "config.json").exists():
        raise InputError(f"There is no model in {model}; give the folder of a finished one.")
    out.mkdir(parents=True, exist_ok=True)
    wanted = [(kind, number) for number in range(shards) for kind in KINDS]
    missing = [shard for shard in wanted if not _file(out, *shard).exists()]
    write = partial(_write_shard, model=model, out=out)
    yield from each(write, missing, workers, "shards of drawings")
    return sum(len(read_rejected(out, kind)) for kind in KINDS)


def _file(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}-{number:05d}.npz"


def _write_shard(shard: tuple[str, int], model: Path, out: Path) -> None:
    kind, number = shard
    torch.set_num_threads(1)
    pipeline, movqgan = Pipeline.load(str(model), previews=False), load_movqgan(model)
    rng = np.random.default_rng([2029, KINDS.index(kind), number])
    attempts = (
        _caption(pipeline, rng) if kind == "captions" else _edit(pipeline, movqgan, rng)
        for _ in range(ATTEMPTS)
    )
    save_rejected(_file(out, kind, number), [one for one in attempts if one is not None])


def _caption(pipeline: Painter, rng: np.random.Generator) -> Rejected | None:
    """A caption of a scene that training may show, drawn; None if that is well done."""
    scenes = [scene for scene in _scenes(rng, LOOKED_AT) if not is_held_out(scene)]
    claim = describe(scenes[int(rng.choice(len(scenes), p=shares(map(weight_of, scenes))))], rng)
    caption, (width, height) = text_of(claim), FRAMES[0]
    task = TextToImage(prompt=caption, seed=_seed(rng), **PLAIN)
    drawn = draw(task, pipeline)
    if obeys(drawn.array(), claim)[0]:
        return None
    drawing = drawn.pictures["image"].drawing
    return Rejected(instructions.text_to_image(caption, width, height), drawing.codes, _nats(drawing))


def _edit(pipeline: Painter, movqgan: MoVQGAN, rng: np.random.Generator) -> Rejected | None:
    """An edit that training may show, drawn; None if it is made and nothing else has changed."""
    while True:
        (scene,) = _scenes(rng, 1)
        edit = sample_edit(scene, str(rng.choice(OPERATIONS, p=OPERATION_SHARES)), rng)
        said = instruct(edit, rng) if edit is not None else None
        if edit is not None and said is not None and not any(map(is_held_out, (edit.before, edit.after))):
            break
    outcome = EditCase(edit, said, _seed(rng)).measure(pipeline, PLAIN)
    if outcome.passed:
        return None
    drawing = outcome.drawn[0].pictures["image"].drawing
    given = codes_of(movqgan, render(edit.before).picture[None])[0]
    words = instructions.edit(said.text, edit.before.width, 2 * edit.before.height)
    return Rejected(words, np.concatenate([given, drawing.codes]), _nats(drawing))


def _scenes(rng: np.random.Generator, count: int) -> Sequence[Scene]:
    return [sample_scene(rng, FRAMES[0]) for _ in range(count)]


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _nats(drawing: Drawing) -> float:
    return float(drawing.surprise.sum())
