"""A training on another device: all that a step makes is made there; the clock ends it for now."""

import sys
import time
from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from lumina.errors import InputError
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer
from lumina.training import decoder_trainer, device, model_trainer, prefetching, tokenizer_trainer
from lumina.training.auxiliary_head import AuxiliaryHead
from lumina.training.device import CPU, chosen_device, device_of_rank, training_processes, where
from lumina.training.kernels import fastest_type
from lumina.training.model_trainer import ModelTraining
from lumina.training.parallel import Group
from lumina.training.samples import Sample
from lumina.training.sequences import Sequences
from lumina.training.tokenizer_trainer import Codebook, TokenizerTraining, to_pixels
from tests.training.tiny import TINY_MOVQ

TARGETS = {"shape": 3, "count": 2}


class Given:
    """Edits of 8 x 8 codes below 8 x 8 others, with all that a sample may have."""

    size, given = (64, 128), True

    def __init__(self, untrue=(2, 20, 9)):
        self.untrue = untrue

    def sample(self, rng):
        codes, answers = rng.integers(0, 24, (16, 8)), rng.integers(0, 2, (64, 2))
        changed = rng.integers(0, 2, (8, 8), dtype=np.bool_)
        return Sample([2, 21, 9], codes, self.untrue, 2.0, changed, answers, 30.0)


class Placeless(TorchFunctionMode):
    """Notes where this program makes a tensor without saying on which device."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        caller = sys._getframe(1)
        is_ours = "lumina" in caller.f_code.co_filename.split("/")
        if is_ours and func in _device_constructors() and (kwargs or {}).get("device") is None:
            self.found.append(f"{caller.f_code.co_filename}:{caller.f_lineno}")
        return func(*args, **(kwargs or {}))


def batch(vocabulary, source=None):
    return next(Sequences([(source or Given(), 1.0)], vocabulary, len(TARGETS)).batches(8, seed=1))


def test_a_batch_moves_with_all_its_parts(vocabulary):
    moved = batch(vocabulary).to(CPU)
    assert all(getattr(moved, field.name).device == CPU for field in fields(moved))
    assert torch.equal(moved.ids, batch(vocabulary).ids)


def test_parts_of_a_batch_are_moved_one_by_one(vocabulary, monkeypatch):
    monkeypatch.setattr("lumina.training.sequences.moved", lambda tensor, device: tensor.to(device))
    away = batch(vocabulary).to(torch.device("meta"))
    assert all(getattr(away, field.name).is_meta for field in fields(away))


def test_a_step_of_the_transformer_makes_nothing_elsewhere(tiny_config, vocabulary, tmp_path):
    model = Transformer(replace(tiny_config, hidden_size=96, intermediate_size=80)).initialise(1)
    head = AuxiliaryHead(model, TARGETS)
    settings = ModelTraining(tmp_path, tmp_path, tmp_path, tmp_path)
    optimizers = model_trainer.optimizers(model, head, settings, Group())
    run = model_trainer._Run(model, head, optimizers, [])
    fastest_type()  # which asks the processor, once
    one, rejected = batch(vocabulary), batch(vocabulary, Given(untrue=()))
    with Placeless() as mode:
        losses = model_trainer._step(run, one, rejected, vocabulary, Group(), 0.01)
    assert losses[0] > 0 and mode.found == []


def test_a_step_of_the_picture_tokenizer_makes_nothing_elsewhere(tmp_path):
    torch.manual_seed(1)
    pixels = to_pixels(np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8))
    model = MoVQGAN(TINY_MOVQ)
    settings = TokenizerTraining(tmp_path, tmp_path, TINY_MOVQ, {})
    codebook = Codebook(model, Group())
    optimizers = tokenizer_trainer.optimizers(model, settings, Group())
    fastest_type()
    with Placeless() as mode:
        tokenizer_trainer._step(tokenizer_trainer._Run(model, codebook, optimizers, Group()), pixels)
        decoder_trainer._step(model, optimizers, pixels, Group())
    assert mode.found == []


def test_the_clock_ends_a_training_for_now(vocabulary):
    assert not Group().has_come(float("inf"))
    assert Group().has_come(time.monotonic() - 1)
    assert not Group().has_come(where(2, "cpu", 5.0)["deadline"])


def test_one_process_a_gpu(monkeypatch):
    monkeypatch.setattr(device, "open_device", lambda name, advice: torch.device("cuda", 0))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    every, second = chosen_device("cuda"), torch.device("cuda:1")
    assert where(8, "auto", None)["processes"] == 4
    assert [device_of_rank(every, rank).index for rank in range(2)] == [0, 1]
    assert training_processes(second, 8) == 1 and device_of_rank(second, 0) == second
    assert where(8, "cpu", None)["processes"] == 4  # as the device that was opened


def test_what_is_no_device_is_said():
    with pytest.raises(InputError, match="There is no device 'abacus' here; give --device auto, cpu or cuda"):
        chosen_device("abacus")
    with pytest.raises(InputError, match="Nothing is trained on the device 'meta'"):
        chosen_device("meta")


def test_batches_made_ahead_are_the_same_wherever_a_training_goes_on(vocabulary, monkeypatch):
    sequences = Sequences([(Given(), 1.0)], vocabulary, len(TARGETS))

    def drawn(first, steps, helpers=3):
        streams = []
        for number in range(helpers):
            info = SimpleNamespace(id=number, num_workers=helpers)
            monkeypatch.setattr(prefetching, "get_worker_info", lambda info=info: info)
            streams.append(iter(prefetching.Streams(sequences, 4, (1, 0, first))))
        return [next(streams[step % helpers]).ids.tolist() for step in range(steps)]

    begun = drawn(0, 9)
    assert begun[4:] == drawn(4, 5)
    assert len({str(ids) for ids in begun}) == 9
    alone = prefetching.made_ahead(sequences, 4, (1, 0, 2), helpers=0)
    assert torch.equal(next(alone).ids, next(sequences.batches(4, 1, 0, 2)).ids)
