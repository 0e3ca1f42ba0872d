"""The documented training commands from end to end: render, train, and write a model folder."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lumina.errors import InputError
from lumina.files import shipped_files
from lumina.model.checkpoint import find_folder, save_movqgan, save_transformer, write_manifest
from lumina.model.config import ModelSpec, MoVQConfig, TransformerConfig, described_spec, spec_of
from lumina.model.draft_table import save_tables
from lumina.model.json_fields import read_json
from lumina.model.text import TextTokenizer
from lumina.steps import Progress, Steps
from lumina.tasks import DRAWN
from lumina.training import decoder_trainer, model_trainer, tokenizer_trainer
from lumina.training.averaging import copy_tokenizers
from lumina.training.codes import MAP_SHARDS, draft_tables, encode_shards, maker_of
from lumina.training.curricula import curriculum_for, curriculum_of, tokenizer_config
from lumina.training.dataset import render_scenes, shard_files
from lumina.training.decoder_trainer import DecoderTraining
from lumina.training.device import Where, where
from lumina.training.mixture import check_tasks
from lumina.training.model_trainer import RATE, ModelTraining
from lumina.training.own_pictures import check_captions, encode_own, holds_own_pictures, read_own
from lumina.training.pairs import render_pairs
from lumina.training.rejected_drawings import check_rejected
from lumina.training.tokenizer_trainer import TokenizerTraining
from lumina.training.vocabulary import build_tokenizer

SHARDS = 200  # of 200 scenes each
FINE_RATE = 2e-4
OF_THREE_FRAMES = "tabletop"  # what is begun with where own pictures are learned, which have any shape


def train_tokenizer(
    data: Path,
    out: Path,
    world: str,
    *,
    minutes: float = 30.0,
    processes: int = 2,
    batch: int = 24,
    shards: int = SHARDS,
    start_from: Path | None = None,
    device: str = "cpu",
    stop_after: float | None = None,
) -> Steps[Progress, Path]:
    """Render scenes of a world into `data` where they are missing, train MoVQGAN in `out/tokenizer` and write
    `out/model`.

    With `start_from` (a model folder) it begins with that tokenizer's weights, which may have fewer codes.
    Runs again from where it stopped, be it by the clock, after `stop_after` minutes. Returns the model
    folder, which then lacks only the transformer. Raises InputError for an unknown world or device.
    """
    curriculum, folder = curriculum_of(world), out / "model"
    config, here = tokenizer_config(curriculum), where(processes, device, stop_after)
    if start_from is not None and not (start_from / "movq_config.json").exists():
        raise InputError(f"There is no picture tokenizer in {start_from}; give --start-from a model folder.")
    yield from render_scenes(data, shards, curriculum, processes)
    settings = TokenizerTraining(
        data, out / "tokenizer", config, curriculum.images, minutes=minutes, batch=batch,
        start_from=start_from, **here,
    )  # fmt: skip
    movqgan = yield from tokenizer_trainer.train(settings)
    build_tokenizer(folder, config.n_embed, curriculum)
    save_movqgan(movqgan, folder)
    write_manifest(folder, described_spec(curriculum.spec, folder).described())
    return folder


def train_decoder(
    data: Path,
    out: Path,
    *,
    minutes: float = 15.0,
    processes: int = 2,
    device: str = "cpu",
    stop_after: float | None = None,
) -> Steps[Progress, Path]:
    """Refine the decoder of the tokenizer in `out/model` in place; codes and transformer stay valid."""
    folder, here = out / "model", where(processes, device, stop_after)
    _need_tokenizer(folder, data)
    curriculum, config = curriculum_for(spec_of(str(folder))), _config_of(folder)
    settings = DecoderTraining(
        data, out / "decoder", config, curriculum.refined, minutes=minutes, model=folder, **here
    )
    movqgan = yield from decoder_trainer.train(settings)
    save_movqgan(movqgan, folder)
    write_manifest(folder)
    return folder


def train_model(
    data: Path,
    out: Path,
    *,
    minutes: float = 75.0,
    processes: int = 2,
    batch: int = 16,
    rate: float | None = None,
    tasks: Sequence[str] = (),
    start_from: Path | None = None,
    codes: Path | None = None,
    rejected: Path | None = None,
    device: str = "cpu",
    stop_after: float | None = None,
) -> Steps[Progress, Path]:
    """Train the transformer on `data` with the picture tokenizer in `out/model`; writes it there too.

    `data` holds rendered scenes, or a person's own pictures with captions: then see `fine_tune`.

    `rate`: the peak of the learning rates, else the usual one. `tasks`: all of the mixture unless named.
    Runs again from where it stopped, be it by the clock, after `stop_after` minutes in all, or with
    `start_from` (a model folder) from weights that exist, whose tokenizer it takes where there is none.
    `codes`: a folder of codes to share with other runs, else `out/codes`. `rejected`: a folder of drawings
    that shall become less likely (`rejection_sampling.reject`). Returns the model folder. Raises InputError
    if the tokenizer has not been trained, for an unknown task or device, or where nothing was rejected.
    """
    here = where(processes, device, stop_after)
    if holds_own_pictures(data):
        if tasks or codes or rejected:
            raise InputError(
                "Leave out --tasks, --codes and --rejected: your own pictures are learned as text to image."
            )
        begun = start_from or find_folder(spec_of(OF_THREE_FRAMES).source)
        return (yield from fine_tune(data, out, begun, minutes, batch, here, rate))
    folder, codes = out / "model", codes or out / "codes"
    if rejected is not None:
        check_rejected(rejected)
    yield from prepare(data, out, tasks=tasks, start_from=start_from, codes=codes, workers=processes)
    curriculum = curriculum_for(spec_of(str(folder)))
    helpers = (processes - here["processes"]) // here["processes"]
    learned = check_tasks(curriculum, tasks)
    settings = ModelTraining(
        data, codes, folder, out / "transformer", minutes, batch, rate=rate or RATE,
        start_from=start_from, helpers=helpers, curriculum=curriculum, tasks=learned, rejected=rejected,
        **here,
    )  # fmt: skip
    transformer = yield from model_trainer.train(settings)
    save_transformer(transformer, folder)
    write_manifest(folder, trained_spec(spec_of(str(folder)), learned, start_from).described())
    return folder


def trained_spec(spec: ModelSpec, learned: Sequence[str], start_from: Path | None) -> ModelSpec:
    """What is said of a model that has learned these tasks: it does them, and those that it began with."""
    known = {*learned, *(spec_of(str(start_from)).tasks if start_from else ())}
    return replace(spec, tasks=tuple(task.name for task in DRAWN if task.name in known))


def fine_tune(
    data: Path,
    out: Path,
    start_from: Path,
    minutes: float,
    batch: int,
    here: Where,
    rate: float | None = None,
) -> Steps[Progress, Path]:
    """Train every weight of the model in `start_from` further, on the pictures with captions in `data`.

    At a tenth of the usual rates unless `rate` is given; runs again from where it stopped. Writes and
    returns `out/model`.
    """
    folder, codes = out / "model", out / "codes"
    _bring_tokenizer(start_from, folder)
    yield from encode_own(data, folder, codes, spec_of(str(start_from)).sizes)
    movq = _config_of(folder)
    most = TransformerConfig.from_dict(read_json(start_from / "config.json")).max_position_embeddings
    check_captions(read_own(data, codes, movq.downsampling), TextTokenizer.load(folder), most)
    settings = ModelTraining(
        data, codes, folder, out / "transformer", minutes, batch, rate=rate or FINE_RATE,
        start_from=start_from, **here,
    )  # fmt: skip
    transformer = yield from model_trainer.train(settings)
    save_transformer(transformer, folder)
    write_manifest(folder, refined_spec(spec_of(str(start_from))).described())
    return folder


def refined_spec(spec: ModelSpec) -> ModelSpec:
    """What is said of a model that was trained further on a person's pictures: it draws no world any more."""
    return replace(spec, world="", note=f"{spec.title}, refined on other pictures.")


def prepare(
    data: Path,
    out: Path,
    *,
    tasks: Sequence[str] = (),
    start_from: Path | None = None,
    codes: Path | None = None,
    workers: int = 2,
    world: str = "",
    shards: int | None = None,
) -> Steps[Progress, Path]:
    """Render the pairs and encode the pictures that these tasks are learned from, and count for `out/model`
    which codes come together; returns the codes' folder.

    With a `world` its scenes are rendered, too, and the tokenizers that are shipped for it are taken where
    `out/model` has none: `train_tokenizer` need not run. What is there already is left alone, so this may run
    again. Raises InputError as `train_model` does, and where a world has no tokenizers.
    """
    folder, codes = out / "model", codes or out / "codes"
    if start_from is not None:
        _bring_tokenizer(start_from, folder)
    if world:
        curriculum = curriculum_of(world)
        if not (folder / "movq_config.json").exists():
            _take_tokenizers(_shipped_tokenizers(world), folder)
        yield from render_scenes(data, shards or curriculum.scene_files, curriculum, workers)
    _need_tokenizer(folder, data)
    curriculum = curriculum_for(spec_of(str(folder)))
    chosen = check_tasks(curriculum, tasks)
    wanted = {task: shards for task, shards in curriculum.pairs.items() if task in chosen}
    yield from render_pairs(data, wanted, curriculum, workers)
    map_shards = MAP_SHARDS if set(curriculum.kinds) & set(chosen) else 0
    yield from encode_shards(data, folder, codes, curriculum, map_shards=map_shards, workers=workers)
    save_tables(draft_tables(codes, _config_of(folder).n_embed, curriculum), folder)
    write_manifest(folder)
    return codes


def _bring_tokenizer(source: Path, folder: Path) -> None:
    """Copy both tokenizers of a finished model into a run that has none."""
    if not (source / "config.json").exists():
        raise InputError(f"There is no model in {source}; give --start-from the folder of a finished one.")
    if (folder / "movq_config.json").exists():
        if maker_of(source) != maker_of(folder):
            raise InputError(
                f"{source} has another picture tokenizer than {folder}; give --out another folder."
            )
        return
    _take_tokenizers(source, folder)


def _take_tokenizers(source: Path, folder: Path) -> None:
    copy_tokenizers(source, folder)
    write_manifest(folder, spec_of(str(source)).described())


def _shipped_tokenizers(world: str) -> Path:
    folder = shipped_files() / "assets" / "models" / world
    if not (folder / "movq_config.json").exists():
        raise InputError(
            f"No tokenizers of {world} are shipped; run `lumina train tokenizer --world {world}` first."
        )
    return folder


def _config_of(folder: Path) -> MoVQConfig:
    return MoVQConfig.from_dict(read_json(folder / "movq_config.json"))


def _need_tokenizer(folder: Path, data: Path) -> None:
    if not data.is_dir():
        raise InputError(f"There is no folder {data}; give --data the folder of scenes or of your pictures.")
    if not (folder / "movq_config.json").exists():
        raise InputError(f"{folder} holds no trained tokenizer; run `lumina train tokenizer` first.")
    if not any(shard_files(data)):
        raise InputError(
            f"{data} holds neither rendered scenes nor PNG, JPEG or WebP pictures with captions."
        )
