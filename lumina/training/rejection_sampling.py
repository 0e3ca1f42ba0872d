"""Rejection sampling: a model draws what its world asks for, and what the judge rejects is kept."""

from functools import partial
from pathlib import Path

import numpy as np
import torch

from lumina.errors import InputError
from lumina.evaluation.measuring import measure
from lumina.model.checkpoint import load_movqgan
from lumina.model.config import spec_of
from lumina.model.movqgan import MoVQGAN
from lumina.runtime.painter import Painter
from lumina.runtime.pipeline import Pipeline
from lumina.steps import Progress, Steps
from lumina.training.codes import codes_of
from lumina.training.curricula import curriculum_for
from lumina.training.rejected_drawings import Rejected, read_rejected, save_rejected
from lumina.training.workers import each
from lumina.worlds.benchmark import Case
from lumina.worlds.curriculum import Curriculum

DRAWINGS = 100  # pictures drawn for a shard
PLAIN = {"guidance_scale": 1.0, "temperature": 1.0, "top_p": 1.0}  # the model's own chances, all of them


def reject(model: Path, out: Path, shards: int, workers: int = 2) -> Steps[Progress, int]:
    """Draw so many shards of each kind with a model and keep what the judge rejects; what is there already
    is left alone. Returns how many drawings were rejected. Raises InputError where there is no model, or one
    that draws no world."""
    if not (model / "config.json").exists():
        raise InputError(f"There is no model in {model}; give the folder of a finished one.")
    curriculum = curriculum_for(spec_of(str(model)))
    out.mkdir(parents=True, exist_ok=True)
    wanted = [(kind, number) for number in range(shards) for kind in curriculum.judged]
    missing = [shard for shard in wanted if not _file(out, *shard).exists()]
    write = partial(_write_shard, model=model, out=out, curriculum=curriculum)
    yield from each(write, missing, workers, "shards of drawings")
    return len(read_rejected(out))


def _file(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}-{number:05d}.npz"


def _write_shard(shard: tuple[str, int], model: Path, out: Path, curriculum: Curriculum) -> None:
    kind, number = shard
    torch.set_num_threads(1)
    pipeline, movqgan = Pipeline.load(str(model), previews=False), load_movqgan(model)
    rng = np.random.default_rng([2029, list(curriculum.judged).index(kind), number])
    cases = (curriculum.case(kind, rng) for _ in range(DRAWINGS))
    rejected = (_rejected(case, pipeline, movqgan) for case in cases)
    save_rejected(_file(out, kind, number), [one for one in rejected if one is not None])


def _rejected(case: Case, painter: Painter, movqgan: MoVQGAN) -> Rejected | None:
    """What was drawn for a case of one drawing; None if that is well done."""
    outcome = measure(case, painter, PLAIN)
    if outcome.verdict.passed:
        return None
    picture = outcome.drawn[0].first
    (request,) = picture.task.requests(painter)
    above = [codes_of(movqgan, np.asarray(given.convert("RGB"))[None])[0] for given in request.given]
    codes = np.concatenate([*above, picture.drawing.codes])
    return Rejected(request.instruction, codes, float(picture.drawing.nll.sum()))
