"""Training of the published architecture: one curve on one process and two, exact resumes, LoRA, refusals."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lumina.errors import InputError
from lumina.model.cache import Rotary
from lumina.model.checkpoint import load_transformer
from lumina.model.transformer import Layer
from lumina.steps import Following, finish
from lumina.training import published_trainer
from lumina.training.published_runs import config_of, plan, train_published
from lumina.training.record import Record
from lumina.training.training_memory import BF16, HALF_WIDTHS, INNERS
from tests.training.published import CONFIG, STAGES, in_float64, write_data

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    write_data(folder)
    return folder


def losses(settings):
    with Following(published_trainer.train(settings)) as run:
        return [event.figures["loss"] for event in run]


def on_two_processes(data, out, steps):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    command = [sys.executable, "-m", "tests.training.published", str(data), str(out), str(steps)]
    started = [
        subprocess.Popen(command, cwd=ROOT, env={**shared, "RANK": rank, "LOCAL_RANK": rank})
        for rank in ("0", "1")
    ]
    assert [process.wait(timeout=300) for process in started] == [0, 0]


@pytest.mark.slow
def test_two_processes_reach_the_curve_of_one_and_one_goes_on_from_their_checkpoint(data, tmp_path):
    alone = losses(in_float64(data, tmp_path / "one", 50))
    on_two_processes(data, tmp_path / "two", 50)
    together = [row["loss"] for row in Record(tmp_path / "two").rows()]
    assert len(together) == 50 and alone[-1] < alone[0] - 0.5
    assert max(abs(a - b) for a, b in zip(alone, together, strict=True)) < 1e-4
    later = losses(in_float64(data, tmp_path / "two", 60))
    expected = losses(in_float64(data, tmp_path / "one", 60))
    assert later == pytest.approx(expected, abs=1e-9) and len(later) == 10
    found, wanted = (load_transformer(tmp_path / name / "model") for name in ("two", "one"))
    assert all(torch.equal(a, b) for a, b in zip(found.parameters(), wanted.parameters(), strict=True))


def test_a_resumed_run_has_the_same_losses_bit_for_bit(data, tmp_path):
    whole = losses(in_float64(data, tmp_path / "whole", 24))
    parted = losses(in_float64(data, tmp_path / "parted", 14))
    parted += losses(in_float64(data, tmp_path / "parted", 24))
    assert parted == whole
    assert [path.name for path in (tmp_path / "parted" / "checkpoints").glob("step-*")] == ["step-00000024"]
    rows = Record(tmp_path / "whole").rows()
    assert [row["pixels"] for row in rows] == [256] * 12 + [512] * 12


def test_the_clock_ends_a_run_after_a_step_that_is_kept(data, tmp_path):
    settings = replace(in_float64(data, tmp_path, 30), deadline=0.0)
    assert [len(losses(settings)) for _ in range(2)] == [1, 1]
    assert (tmp_path / "checkpoints" / "step-00000002").is_dir()


def test_lora_trains_beside_a_finished_model_and_becomes_part_of_it(data, tmp_path):
    finish(published_trainer.train(in_float64(data, tmp_path / "base", 1)))
    settings = replace(
        in_float64(data, tmp_path / "fine", 8),
        dtype=torch.float32,
        lora=4,
        start_from=tmp_path / "base/model",
    )
    whole = losses(settings)
    again = replace(settings, out=tmp_path / "again")
    assert losses(replace(again, steps=4)) + losses(again) == whole
    before, after = (load_transformer(tmp_path / name / "model") for name in ("base", "fine"))
    pairs = {name: (value, after.state_dict()[name]) for name, value in before.state_dict().items()}
    moved = {name.split(".")[-2] for name, (a, b) in pairs.items() if not torch.equal(a, b)}
    assert moved == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def test_what_does_not_fit_is_said(data, tmp_path):
    settings = in_float64(data, tmp_path / "run", 1)
    with pytest.raises(InputError, match="batch of 4 cannot be shared out evenly by 3"):
        losses(replace(settings, rows=3))
    with pytest.raises(InputError, match="and the model reads 20"):
        losses(replace(settings, config=replace(CONFIG, max_position_embeddings=20)))
    with pytest.raises(InputError, match="the model has 32"):
        losses(replace(settings, config=replace(CONFIG, vocab_size=32)))
    losses(settings)
    with pytest.raises(InputError, match="begun with other data, sizes or settings; choose another --out"):
        losses(replace(settings, stages=STAGES[:1]))
    with pytest.raises(InputError, match="There is no folder"):
        finish(train_published(tmp_path / "none", tmp_path))
    with pytest.raises(InputError, match="give --start-from its folder"):
        finish(train_published(data, tmp_path, lora=4))
    with pytest.raises(InputError, match="There is no model in"):
        config_of("7b", str(tmp_path))
    with pytest.raises(InputError, match="There are no sizes '9b'; give --sizes 7b, 2b"):
        config_of("9b", None)


def test_memory_is_planned_before_anything_is_loaded():
    lora = plan("7b", None, gpus=1, rows=1, lora=16)
    assert max(memory.total for memory in lora.values()) < 24e9
    one, eight = (plan("7b", None, gpus=gpus, rows=1, lora=0)[768] for gpus in (1, 8))
    assert 126e9 < one.total < 149e9 and eight.total < 40e9
    assert one.optimizer == 8 * eight.optimizer


def test_what_a_layer_keeps_for_its_gradients_is_what_is_planned():
    places, kept = 256, {}
    layer = Layer(CONFIG, 0).bfloat16()
    weights = {weight.untyped_storage().data_ptr() for weight in layer.parameters()}

    def noticed(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    rotary = Rotary(replace(CONFIG, max_position_embeddings=places)).bfloat16()
    span = rotary.span(torch.zeros(1, places, dtype=torch.long), None)
    x = torch.randn(1, places, CONFIG.hidden_size, dtype=torch.bfloat16, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(noticed, lambda tensor: tensor):
        result = layer(x, span)
    found = sum(size for place, size in kept.items() if place not in weights)
    matrices = sum(out * entry for out, entry in CONFIG.layer_matrices) * BF16
    tables = 2 * places * CONFIG.head_dim * BF16
    inners = INNERS / 2 * CONFIG.intermediate_size  # the other half is on its way
    planned = places * (HALF_WIDTHS * CONFIG.hidden_size + inners) + matrices + tables
    assert result.shape == x.shape and 0.85 * planned < found <= planned
