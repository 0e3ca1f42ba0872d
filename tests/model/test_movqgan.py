"""What makes the picture decoder fast changes none of its results."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from lumina.model.config import MoVQConfig
from lumina.model.movqgan import AttnBlock, MoVQGAN, SpatialNorm


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.fixture
def norm() -> SpatialNorm:
    norm = SpatialNorm(64, 4)
    for seed, weight in enumerate(norm.parameters()):
        weight.data = torch.randn(weight.shape, generator=torch.Generator().manual_seed(seed))
    return norm


@pytest.mark.parametrize("size", [(3, 5), (6, 10)])
def test_a_spatial_norm_is_its_definition_in_training_and_beyond(
    norm: SpatialNorm, size: tuple[int, int]
) -> None:
    x, latent = noise(2, 64, *size), noise(2, 4, 3, 5)
    plain = F.group_norm(x, 32, norm.norm_layer.weight, norm.norm_layer.bias, 1e-6)
    scale, shift = (F.interpolate(conv(latent), size=size) for conv in (norm.conv_y, norm.conv_b))
    torch.testing.assert_close(norm(x, latent), plain * scale + shift, atol=1e-5, rtol=1e-5)
    with torch.inference_mode():
        torch.testing.assert_close(norm(x, latent), plain * scale + shift, atol=1e-5, rtol=1e-5)


def test_attention_is_its_definition() -> None:
    block, x = AttnBlock(32, None), noise(2, 32, 3, 4)
    h = block.norm(x)
    q, k, v = (conv(h).flatten(2) for conv in (block.q, block.k, block.v))  # [batch, channels, positions]
    weights = (q.transpose(1, 2) @ k / 32**0.5).softmax(dim=-1)
    expected = x + block.proj_out((v @ weights.transpose(1, 2)).view_as(x))
    torch.testing.assert_close(block(x), expected, atol=1e-5, rtol=1e-5)


def test_convolutions_get_their_input_as_their_weights_lie() -> None:
    config = MoVQConfig(
        ch=32,
        ch_mult=(1,),
        num_res_blocks=1,
        n_embed=8,
        embed_dim=4,
        z_channels=4,
        attn_resolutions=(),
        patch=8,
    )
    movqgan, layouts = MoVQGAN(config), list[bool]()
    for part in movqgan.decoder.modules():
        if isinstance(part, torch.nn.Conv2d):
            part.register_forward_pre_hook(lambda _, given: layouts.append(given[0].is_contiguous()))
    movqgan.decode(torch.zeros(1, 2, 3, dtype=torch.long))
    assert layouts and all(layouts)
