"""Sizes small enough to train in a test."""

from lumina.model.config import MoVQConfig
from lumina.worlds import world_of

TINY_MOVQ = MoVQConfig(
    ch=64,
    ch_mult=(1,),
    num_res_blocks=1,
    n_embed=64,
    embed_dim=4,
    z_channels=4,
    resolution=128,
    attn_resolutions=(),
    patch=8,
)
TINY_TRANSFORMER = {
    "hidden_size": 72,
    "intermediate_size": 80,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 1024,
}
CURRICULUM = world_of("tabletop").curriculum()
