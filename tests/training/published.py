"""A published training in small: shards of random tokens, and one process of several that train on them."""

import sys
from pathlib import Path

import numpy as np
import torch

from lumina.model.config import TransformerConfig
from lumina.steps import finish
from lumina.training import published_trainer
from lumina.training.published_trainer import PublishedTraining
from lumina.training.stages import Stage
from lumina.training.token_shards import TokenSample, shard_path, write_tokens

IDS = 64
CONFIG = TransformerConfig(
    vocab_size=IDS, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=64,
)  # fmt: skip
STAGES = (Stage(256, 48, 4, 3e-3), Stage(512, 400, 4, 1e-3))  # 12 steps of one, then the other


def write_data(folder):
    """Three shards for the first stage, two for the second, of unlike lengths."""
    rng = np.random.default_rng(1)
    for pixels, shards in ((256, 3), (512, 2)):
        for number in range(shards):
            samples = [counting(rng) for _ in range(10 + number)]
            write_tokens(shard_path(folder / str(pixels), number), samples)


def counting(rng):
    """Up to 30 ids that count on from a random one, so that they can be learned; the first few are given."""
    ids = (rng.integers(IDS) + np.arange(rng.integers(12, 30))) % IDS
    return TokenSample(ids.astype(np.int32), int(rng.integers(2, 6)))


def in_float64(data, out, steps):
    """Settings of an exact run."""
    return PublishedTraining(data, out, CONFIG, STAGES, steps, rows=2, dtype=torch.float64)


if __name__ == "__main__":  # once for each process, with what torchrun sets
    torch.set_num_threads(1)
    finish(published_trainer.train(in_float64(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
