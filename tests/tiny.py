"""Writes a complete, tiny model folder with random weights: every file is real, every picture is noise."""

import json
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

from lumina.model.checkpoint import save_movqgan, save_transformer, write_manifest
from lumina.model.config import ModelSpec, MoVQConfig, TransformerConfig, spec_of
from lumina.model.movqgan import MoVQGAN
from lumina.model.transformer import Transformer

NUM_CODES = 24
NAMES = [
    "<|im_end|>", "<racm3:break>", "<eoss>", "<reserved08706>", "<reserved08799>",
    *(f"<reserved{8800 + n:05d}>" for n in range(9)),
    *(f"<MOVQGAN{code:05d}>" for code in range(NUM_CODES)),
]  # fmt: skip


def write_tiny_model(folder: Path) -> ModelSpec:
    """A model folder as ``lumina train`` leaves it; returns its spec, named tabletop."""
    folder.mkdir(parents=True, exist_ok=True)
    size = _write_tokenizer(folder)
    config = TransformerConfig(
        vocab_size=size, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
    )  # fmt: skip
    transformer = Transformer(config).initialise(0)
    with torch.no_grad():
        for name, weight in transformer.named_parameters():
            weight.mul_(12 if weight.ndim == 2 and "norm" not in name else 1)
    save_transformer(transformer, folder, torch.float32)
    torch.manual_seed(0)
    movqgan = MoVQGAN(
        MoVQConfig(
            ch=32, ch_mult=(1,), num_res_blocks=1, n_embed=NUM_CODES, embed_dim=4, z_channels=4,
            attn_resolutions=(), patch=8,
        )
    )  # fmt: skip
    with torch.no_grad():
        movqgan.quantize.embedding.weight.normal_()
    save_movqgan(movqgan, folder, torch.float32)
    write_manifest(folder)
    return replace(spec_of("tabletop"), source=str(folder))


def _write_tokenizer(folder: Path) -> int:
    """Bytes and the named tokens, no merges; returns the vocabulary size."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: index for index, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(NAMES)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"bos_token": None, "eos_token": "<|im_end|>"}))
    return int(tokenizer.get_vocab_size())
