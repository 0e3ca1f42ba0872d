"""The commands for the published architecture from end to end: shards, training, and what memory it takes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lumina.errors import InputError
from lumina.model.checkpoint import locate
from lumina.model.config import (
    MODELS,
    MOVQGAN_270M,
    TRANSFORMER_2B,
    TRANSFORMER_7B,
    TransformerConfig,
    spec_of,
)
from lumina.model.json_fields import read_json
from lumina.settings import Settings
from lumina.steps import Progress, Steps
from lumina.training import published_trainer
from lumina.training.device import chosen_device, where
from lumina.training.published_trainer import PublishedTraining
from lumina.training.stages import STAGES, Stage, check_stages, read_stages
from lumina.training.tokenizing import write_shards
from lumina.training.training_memory import TrainingMemory, training_memory

SIZES = {"7b": TRANSFORMER_7B, "2b": TRANSFORMER_2B}
TEXT = 200  # tokens of an instruction, for which memory is planned


def tokenize(data: Path, model: str, out: Path, pixels: int, device: str = "cpu") -> Steps[Progress, Path]:
    """Write a folder of pictures with captions as shards of tokens, by the tokenizers of a model."""
    place = locate(spec_of(model), Settings.from_environment().models)
    yield from write_shards(data, place, out, pixels, chosen_device(device))
    return out


def train_published(
    data: Path,
    out: Path,
    *,
    sizes: str = "7b",
    start_from: str | None = None,
    steps: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    rows: int = 1,
    lora: int = 0,
    save_every: int = 500,
    seed: int = 1,
    device: str = "auto",
    stop_after: float | None = None,
) -> Steps[Progress, Path]:
    """Train the published architecture on shards of tokens and write `out/model`; goes on where it stopped.

    Raises InputError for data, sizes or a device that are not there, or numbers that do not fit each other.
    """
    if lora and start_from is None:
        raise InputError("LoRA learns beside a finished model; give --start-from its folder.")
    here = where(1, device, stop_after)
    stages = _altered(read_stages(data), batch, rate)
    config = config_of(sizes, start_from)
    begun = folder_of(start_from) if start_from else None
    settings = PublishedTraining(
        data, out, config, stages, steps or sum(stage.steps for stage in stages), begun, lora, rows,
        save_every=save_every, seed=seed, device=here["device"], deadline=here["deadline"],
    )  # fmt: skip
    return (yield from published_trainer.train(settings))


def plan(sizes: str, start_from: str | None, gpus: int, rows: int, lora: int) -> dict[int, TrainingMemory]:
    """What a GPU holds in each published stage, by its pixels."""
    config = config_of(sizes, start_from)
    return {
        stage.pixels: training_memory(config, tokens_of(stage.pixels), rows, gpus, lora) for stage in STAGES
    }


def tokens_of(pixels: int) -> int:
    """Of a square picture with its instruction."""
    side = pixels // MOVQGAN_270M.downsampling
    return TEXT + side * (side + 1) + 4


def folder_of(model: str) -> Path:
    """Where the transformer of a named model lies, or one in a folder; raises InputError if there is none."""
    if model in MODELS:
        return locate(MODELS[model], Settings.from_environment().models).folder
    for folder in (Path(model), Path(model) / "model"):
        if (folder / "config.json").exists():
            return folder
    raise InputError(f"There is no model in {model}; give --start-from a model's name or folder.")


def config_of(sizes: str, start_from: str | None) -> TransformerConfig:
    """The sizes of the model to begin with, or those called 7b and 2b, or in a config.json."""
    if start_from is not None:
        return TransformerConfig.from_dict(read_json(folder_of(start_from) / "config.json"))
    if sizes in SIZES:
        return SIZES[sizes]
    if not Path(sizes).is_file():
        raise InputError(f"There are no sizes {sizes!r}; give --sizes 7b, 2b or a config.json.")
    return TransformerConfig.from_dict(read_json(Path(sizes)))


def _altered(stages: Sequence[Stage], batch: int | None, rate: float | None) -> tuple[Stage, ...]:
    changed = tuple(replace(one, batch=batch or one.batch, rate=rate or one.rate) for one in stages)
    check_stages(changed, "--batch, --rate")
    return changed
