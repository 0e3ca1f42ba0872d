"""The two documented training commands from end to end: render, train, and write a model folder."""

from pathlib import Path

from lumina.errors import InputError
from lumina.model.checkpoint import load_movqgan, save_movqgan, save_transformer, write_manifest
from lumina.steps import Steps
from lumina.training import decoder_trainer, model_trainer, tokenizer_trainer
from lumina.training.dataset import render_scenes, shard_files
from lumina.training.decoder_trainer import DecoderTraining
from lumina.training.model_trainer import ModelTraining
from lumina.training.sequences import encode_shards
from lumina.training.tokenizer_trainer import TABLETOP_MOVQ, TokenizerTraining
from lumina.training.vocabulary import build_tokenizer

SHARDS = 150  # of 200 scenes each


def train_tokenizer(
    data: Path, out: Path, *, minutes: float = 30.0, processes: int = 2, shards: int = SHARDS
) -> Steps[Path]:
    """Render scenes into `data` where they are missing, train MoVQGAN in `out/tokenizer`, write `out/model`.

    Runs again from where it stopped. Returns the model folder, which then lacks only the transformer.
    """
    yield from render_scenes(data, shards, processes)
    settings = TokenizerTraining(data, out / "tokenizer", minutes=minutes, processes=processes)
    movqgan = yield from tokenizer_trainer.train(settings)
    folder = out / "model"
    build_tokenizer(folder, TABLETOP_MOVQ.n_embed)
    save_movqgan(movqgan, folder)
    write_manifest(folder)
    return folder


def train_decoder(data: Path, out: Path, *, minutes: float = 15.0, processes: int = 2) -> Steps[Path]:
    """Refine the decoder of the tokenizer in `out/model` in place; codes and transformer stay valid."""
    folder = out / "model"
    _need_tokenizer(folder, data)
    settings = DecoderTraining(data, out / "decoder", minutes=minutes, processes=processes, model=folder)
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
    start_from: Path | None = None,
) -> Steps[Path]:
    """Train the transformer on `data` with the picture tokenizer in `out/model`; writes it there too.

    Runs again from where it stopped, or with `start_from` (a model folder) from weights that exist.
    Returns the model folder. Raises InputError if the tokenizer has not been trained.
    """
    folder = out / "model"
    _need_tokenizer(folder, data)
    yield from encode_shards(data, load_movqgan(folder), out / "codes")
    settings = ModelTraining(
        data, out / "codes", folder, out / "transformer", minutes, processes=processes, start_from=start_from
    )
    transformer = yield from model_trainer.train(settings)
    save_transformer(transformer, folder)
    write_manifest(folder)
    return folder


def _need_tokenizer(folder: Path, data: Path) -> None:
    if not (folder / "movq_config.json").exists() or not any(shard_files(data)):
        raise InputError(f"{folder} holds no trained tokenizer; run `lumina train tokenizer` first.")
