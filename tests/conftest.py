"""What many tests share: one thread, and a tiny model with random weights that reacts to its context."""

import os
from collections.abc import Callable, Iterator

import pytest
import torch

from lumina.model.config import TransformerConfig
from lumina.model.layout import TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine

torch.set_num_threads(1)  # several threads on a busy machine are many times slower than one

NUM_CODES = 24


@pytest.fixture(autouse=True)
def _folder_of_files() -> Iterator[None]:
    """What starting the studio in this process chooses for its files is gone with the test."""
    before = os.environ.get("GRADIO_TEMP_DIR")
    yield
    os.environ.pop("GRADIO_TEMP_DIR", None)
    if before is not None:
        os.environ["GRADIO_TEMP_DIR"] = before


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """Ids in no particular order, as in real checkpoints."""
    return Vocabulary(
        bos=2, separator=9, image_start=10, image_end=7, new_line=8, sizes=tuple(range(11, 20)),
        first_code=22, num_codes=NUM_CODES,
    )  # fmt: skip


@pytest.fixture(scope="session")
def tiny_config() -> TransformerConfig:
    """Two layers, grouped heads, every switch that changes the shapes."""
    return TransformerConfig(
        vocab_size=50, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
    )  # fmt: skip


@pytest.fixture(scope="session")
def tiny_transformer(tiny_config: TransformerConfig) -> Callable[..., Transformer]:
    """Makes a tiny transformer, its weights so large that every code depends on those before it."""

    def make(dtype: torch.dtype = torch.float64, seed: int = 0) -> Transformer:
        model = Transformer(tiny_config).initialise(seed)
        with torch.no_grad():
            for name, weight in model.named_parameters():
                weight.mul_(12 if weight.ndim == 2 and "norm" not in name else 1)
        return model.to(dtype)

    return make


@pytest.fixture
def engine(tiny_transformer: Callable[..., Transformer], vocabulary: Vocabulary) -> Engine:
    """A float64 engine: exact, so that equality can be asked for."""
    return Engine(tiny_transformer(), vocabulary)


@pytest.fixture
def layout(vocabulary: Vocabulary) -> TokenLayout:
    """8 rows of 4 codes."""
    return TokenLayout(8, 4, vocabulary)
