"""The curriculum of a model's world, and the sizes of its two networks."""

from typing import Any

from lumina.errors import InputError
from lumina.model.config import ModelSpec, MoVQConfig, TransformerConfig
from lumina.worlds import FOLDERS, WORLDS, world_of
from lumina.worlds.curriculum import Curriculum

TRANSFORMER: dict[str, Any] = {
    "hidden_size": 256, "intermediate_size": 704, "num_hidden_layers": 8, "num_attention_heads": 4,
    "num_key_value_heads": 4, "max_position_embeddings": 1024,
}  # fmt: skip
# All work happens at 16×16: with 8×8 pixels folded into channels a step costs half of what patch 4 and one
# more level cost, and gives more decibels an hour (docs/training.md).
TOKENIZER: dict[str, Any] = {
    "ch": 128, "ch_mult": (1,), "num_res_blocks": 2, "n_embed": 2048, "embed_dim": 8, "z_channels": 8,
    "resolution": 128, "attn_resolutions": (), "patch": 8, "patchwise": True,
}  # fmt: skip


def curriculum_of(name: str) -> Curriculum:
    """Of the world of this name; raises InputError where there is none."""
    if not name or name not in (*FOLDERS, *WORLDS):
        raise InputError(f'There is no world "{name}" to train on; choose one of: {", ".join(FOLDERS)}.')
    world = world_of(name)
    assert world is not None
    return world.curriculum()


def curriculum_for(spec: ModelSpec) -> Curriculum:
    """Of the world that a model draws; raises InputError for a model that draws anything."""
    if not spec.world:
        raise InputError(f"{spec.title} draws no world that it could be trained on; name another model.")
    return curriculum_of(spec.world)


def transformer_config(curriculum: Curriculum | None, vocab_size: int) -> TransformerConfig:
    """The sizes of a world's transformer, for a vocabulary."""
    sizes = {**TRANSFORMER, **(curriculum.transformer if curriculum else {})}
    return TransformerConfig(vocab_size=vocab_size, **sizes)


def tokenizer_config(curriculum: Curriculum) -> MoVQConfig:
    """The sizes of a world's picture tokenizer."""
    return MoVQConfig(**{**TOKENIZER, **curriculum.tokenizer})
