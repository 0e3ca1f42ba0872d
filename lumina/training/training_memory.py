"""What a training of the published architecture takes of each GPU's memory, worked out before it is begun."""

from dataclasses import asdict, dataclass

from lumina.model.config import TransformerConfig
from lumina.training.chunked_loss import CHUNK, SMALL_CHUNK

GB = 1e9
BF16, FP32 = 2, 4  # bytes
# Bytes of one place in a layer while its gradients are made, for each channel of its width and of the MLP's.
# Saved of bfloat16 are 36.5 and 8, and as much of the MLP again is on its way. Mixed, norms are float32.
HALF_WIDTHS, MIXED_WIDTHS, INNERS = 37, 70, 16
RESERVE = 1.2e9  # CUDA's own context, and what its allocator leaves unused


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes on one GPU by what they are for."""

    weights: float
    gathered: float  # made whole or cast from what is kept: of the embeddings and two layers, or of the head
    gradients: float
    optimizer: float
    checkpoints: float  # what enters each layer
    layer: float  # everything in one layer while its gradients are made, and its matrices joined
    logits: float
    reserve: float = RESERVE

    @property
    def total(self) -> float:
        """Bytes in all."""
        return float(sum(asdict(self).values()))

    def in_gb(self) -> dict[str, float]:
        """GB, rounded, and their sum."""
        parts = {name: round(value / GB, 1) for name, value in asdict(self).items()}
        return {**parts, "total": round(self.total / GB, 1)}


def training_memory(
    config: TransformerConfig, tokens: int, rows: int = 1, gpus: int = 1, lora: int = 0
) -> TrainingMemory:
    """For sequences of so many tokens, ``rows`` of them in one pass of each GPU, in products of bfloat16.

    Trained weights, their gradients and the two averages of AdamW are float32; frozen ones bfloat16.
    """
    matrices, width = config.layer_matrices, config.hidden_size
    layer = sum(out * entry for out, entry in matrices)
    table = config.vocab_size * width
    whole = config.num_hidden_layers * layer + 2 * table
    adapters = config.num_hidden_layers * lora * sum(map(sum, matrices))
    learned, places, is_shared = adapters or whole, rows * tokens, gpus > 1
    is_half = bool(lora) or is_shared  # what goes from layer to layer is bfloat16 then
    inside = (HALF_WIDTHS if is_half else MIXED_WIDTHS) * width + INNERS * config.intermediate_size
    frozen = (whole - (0 if is_shared else table)) * BF16  # one GPU looks rows up in this machine's memory
    return TrainingMemory(
        weights=(frozen + adapters * FP32 if lora else whole * FP32) / gpus,
        gathered=(2 * table + 2 * layer) * BF16 if is_shared else 0 if lora else table * BF16,
        gradients=learned * FP32 / gpus + (2 * table * BF16 if is_shared and not lora else 0),
        optimizer=2 * learned * FP32 / gpus,
        checkpoints=config.num_hidden_layers * places * width * (BF16 if is_half else FP32),
        layer=places * inside + 3 * layer * (BF16 if is_half else FP32),
        logits=(SMALL_CHUNK if lora else CHUNK) * config.vocab_size * FP32 * 3,
    )
