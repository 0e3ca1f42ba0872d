"""MoVQGAN, the picture tokenizer: pixels to codebook indices and back (Zheng et al. 2022, arXiv 2209.09002).

Modules carry the published checkpoint's key names. The decoder's norms are spatial: normalised features are
scaled and shifted by 1×1 convolutions of the quantized latent.
"""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from lumina.model.config import MoVQConfig

GROUPS = 32
EPSILON = 1e-6


class GroupNorm(nn.Module):
    """Group normalisation over 32 groups, computed as a layer norm of each group (trains faster in bf16)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        height = x.shape[2]
        groups = rearrange(x, "b (g c) h w -> b g (c h w)", g=GROUPS)
        with torch.autocast(x.device.type, enabled=False):  # statistics are float32 inside the kernel anyway
            normed = F.layer_norm(groups, groups.shape[-1:], eps=EPSILON)
        normed = rearrange(normed, "b g (c h w) -> b (g c) h w", h=height, w=x.shape[3])
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        return torch.addcmul(bias[:, None, None], normed, weight[:, None, None])


class SpatialNorm(nn.Module):
    """GroupNorm(x) · conv_y(latent) + conv_b(latent), the latent resized to x by nearest neighbour."""

    def __init__(self, channels: int, latent_channels: int) -> None:
        super().__init__()
        self.norm_layer = GroupNorm(channels)
        self.conv_y = nn.Conv2d(latent_channels, channels, 1)
        self.conv_b = nn.Conv2d(latent_channels, channels, 1)

    def forward(self, x: Tensor, latent: Tensor) -> Tensor:
        both = F.conv2d(latent, self._joined("weight"), self._joined("bias"))
        # a 1×1 convolution commutes with nearest resizing, and costs less before it
        if both.shape[-2:] != x.shape[-2:]:
            both = F.interpolate(both, size=x.shape[-2:], mode="nearest")
        scale, shift = both.chunk(2, dim=1)
        return torch.addcmul(shift, self._normed(x), scale)

    def _normed(self, x: Tensor) -> Tensor:
        """A processor takes a quarter of the time where nothing is trained; the encoder, whose codes must not
        depend on it, does without."""
        norm = self.norm_layer
        if x.device.type == "cpu" and not torch.is_grad_enabled():
            return F.group_norm(x, GROUPS, norm.weight, norm.bias, EPSILON)
        out: Tensor = norm(x)
        return out

    def _joined(self, kind: str) -> Tensor:
        return torch.cat((self.conv_y.get_parameter(kind), self.conv_b.get_parameter(kind)))


def _make_norm(channels: int, latent_channels: int | None) -> nn.Module:
    """The encoder's plain norm, or the decoder's spatial one if there is a latent."""
    return GroupNorm(channels) if latent_channels is None else SpatialNorm(channels, latent_channels)


def _norm(norm: nn.Module, x: Tensor, latent: Tensor | None) -> Tensor:
    out: Tensor = norm(x) if latent is None else norm(x, latent)
    return out


class ResnetBlock(nn.Module):
    """norm, swish, convolution, twice; added to its input."""

    def __init__(self, inputs: int, outputs: int, latent_channels: int | None, kernel: int = 3) -> None:
        super().__init__()
        self.norm1 = _make_norm(inputs, latent_channels)
        self.conv1 = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        self.norm2 = _make_norm(outputs, latent_channels)
        self.conv2 = nn.Conv2d(outputs, outputs, kernel, padding=kernel // 2)
        if inputs != outputs:
            self.nin_shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, latent: Tensor | None = None) -> Tensor:
        h = self.conv1(F.silu(_norm(self.norm1, x, latent)))
        h = self.conv2(F.silu(_norm(self.norm2, h, latent)))
        if hasattr(self, "nin_shortcut"):
            x = self.nin_shortcut(x)
        out: Tensor = x + h
        return out


class AttnBlock(nn.Module):
    """Full self-attention with one head over all positions, added to its input."""

    def __init__(self, channels: int, latent_channels: int | None) -> None:
        super().__init__()
        self.norm = _make_norm(channels, latent_channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, latent: Tensor | None = None) -> Tensor:
        h = _norm(self.norm, x, latent)
        q, k, v = (rearrange(conv(h), "b c h w -> b 1 (h w) c") for conv in (self.q, self.k, self.v))
        # Channels side by side: the kernel takes three times as long for many positions where they lie apart.
        attended = F.scaled_dot_product_attention(q.contiguous(), k.contiguous(), v.contiguous())
        attended = rearrange(attended, "b 1 (h w) c -> b c h w", h=x.shape[2]).contiguous()
        out: Tensor = x + self.proj_out(attended)
        return out


class Downsample(nn.Module):
    """Half the size: pad right and bottom by one, then a 3×3 convolution of stride 2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(F.pad(x, (0, 1, 0, 1)))
        return out


class Upsample(nn.Module):
    """Twice the size by nearest neighbour, then a 3×3 convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return out


class Level(nn.Module):
    """One resolution: residual blocks, attention after each where configured, then a change of size."""

    downsample: nn.Module
    upsample: nn.Module

    def __init__(
        self, inputs: int, outputs: int, blocks: int, attends: bool, latent: int | None, kernel: int = 3
    ) -> None:
        super().__init__()
        self.block = nn.ModuleList(
            ResnetBlock(inputs if i == 0 else outputs, outputs, latent, kernel) for i in range(blocks)
        )
        self.attn = nn.ModuleList(AttnBlock(outputs, latent) for _ in range(blocks if attends else 0))

    def forward(self, x: Tensor, latent: Tensor | None = None) -> Tensor:
        for i, block in enumerate(self.block):
            x = block(x, latent)
            if len(self.attn):
                x = self.attn[i](x, latent)
        return x


class Middle(nn.Module):
    """Residual block, attention, residual block at the lowest resolution."""

    def __init__(self, channels: int, latent: int | None, kernel: int = 3) -> None:
        super().__init__()
        self.block_1 = ResnetBlock(channels, channels, latent, kernel)
        self.attn_1 = AttnBlock(channels, latent)
        self.block_2 = ResnetBlock(channels, channels, latent, kernel)

    def forward(self, x: Tensor, latent: Tensor | None = None) -> Tensor:
        out: Tensor = self.block_2(self.attn_1(self.block_1(x, latent), latent), latent)
        return out


def _attends(config: MoVQConfig, level: int) -> bool:
    # levels count from the nominal resolution, whatever the size of the picture at hand
    return config.resolution // config.patch // 2**level in config.attn_resolutions


class Encoder(nn.Module):
    """Pixels [batch, 3, height, width] → latent before quantization [batch, z, rows, cols]."""

    def __init__(self, config: MoVQConfig) -> None:
        super().__init__()
        self.patch, self.patchwise = config.patch, config.patchwise
        widths = [config.ch, *(config.ch * m for m in config.ch_mult)]
        kernel = 1 if config.patchwise else 3
        folded = config.in_channels * config.patch**2
        self.conv_in = nn.Conv2d(folded, config.ch, kernel, padding=kernel // 2)
        self.down = nn.ModuleList()
        for i in range(len(config.ch_mult)):
            level = Level(widths[i], widths[i + 1], config.num_res_blocks, _attends(config, i), None, kernel)
            if i < len(config.ch_mult) - 1:
                level.downsample = Downsample(widths[i + 1])
            self.down.append(level)
        self.mid = Middle(widths[-1], None, kernel)
        self.norm_out = GroupNorm(widths[-1])
        self.conv_out = nn.Conv2d(widths[-1], config.z_channels, kernel, padding=kernel // 2)

    def forward(self, pixels: Tensor) -> Tensor:
        h = F.pixel_unshuffle(pixels, self.patch)
        if not self.patchwise:
            return self._latent(h)
        rows, cols = h.shape[2:]
        alone = self._latent(rearrange(h, "b c rows cols -> (b rows cols) c 1 1"))
        return rearrange(alone, "(b rows cols) c 1 1 -> b c rows cols", rows=rows, cols=cols)

    def _latent(self, h: Tensor) -> Tensor:
        h = self.conv_in(h)
        for level in self.down:
            assert isinstance(level, Level)
            h = level(h)
            h = level.downsample(h) if hasattr(level, "downsample") else h
        out: Tensor = self.conv_out(F.silu(self.norm_out(self.mid(h))))
        return out


class Decoder(nn.Module):
    """Latent and raw code vectors [batch, z, rows, cols] → pixels [batch, 3, height, width]."""

    def __init__(self, config: MoVQConfig) -> None:
        super().__init__()
        self.patch = config.patch
        latent = config.embed_dim
        widths = [config.ch * m for m in config.ch_mult]
        widths.append(widths[-1])
        self.conv_in = nn.Conv2d(config.z_channels, widths[-1], 3, padding=1)
        self.mid = Middle(widths[-1], latent)
        levels = []
        for i in range(len(config.ch_mult)):
            level = Level(widths[i + 1], widths[i], config.num_res_blocks + 1, _attends(config, i), latent)
            if i > 0:
                level.upsample = Upsample(widths[i])
            levels.append(level)
        self.up = nn.ModuleList(levels)
        self.norm_out = SpatialNorm(widths[0], latent)
        self.conv_out = nn.Conv2d(widths[0], config.out_ch * config.patch**2, 3, padding=1)

    def forward(self, z: Tensor, latent: Tensor) -> Tensor:
        h = self.mid(self.conv_in(z), latent)
        for level in reversed(self.up):
            assert isinstance(level, Level)
            h = level(h, latent)
            h = level.upsample(h) if hasattr(level, "upsample") else h
        return F.pixel_shuffle(self.conv_out(F.silu(self.norm_out(h, latent))), self.patch)


class Quantizer(nn.Module):
    """The codebook and the nearest-code rule (smallest Euclidean distance, first of equals)."""

    def __init__(self, codes: int, channels: int) -> None:
        super().__init__()
        # Given its memory, since filling a table on "meta" costs torch half a second and 70 MB of imports.
        self.embedding = nn.Embedding(codes, channels, _weight=torch.empty(codes, channels))
        if not self.embedding.weight.is_meta:
            self.embedding.reset_parameters()

    def distances(self, z: Tensor) -> Tensor:
        """Squared distances [batch * rows * cols, codes] of the latent [batch, channels, rows, cols]."""
        flat = rearrange(z.float(), "b c h w -> (b h w) c")
        book = self.embedding.weight.float()
        return flat.square().sum(1, keepdim=True) - 2 * flat @ book.T + book.square().sum(1)

    def forward(self, z: Tensor) -> Tensor:
        """Codes [batch, rows, cols] nearest to the latent [batch, channels, rows, cols]."""
        return rearrange(self.distances(z).argmin(1), "(b h w) -> b h w", b=z.shape[0], h=z.shape[2])


class MoVQGAN(nn.Module):
    """Pixels in [-1, 1] ↔ codes; every shape is batch first."""

    def __init__(self, config: MoVQConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quantize = Quantizer(config.n_embed, config.embed_dim)
        self.quant_conv = nn.Conv2d(config.z_channels, config.embed_dim, 1)
        self.post_quant_conv = nn.Conv2d(config.embed_dim, config.z_channels, 1)

    def latent(self, pixels: Tensor) -> Tensor:
        """Latent [batch, channels, rows, cols] before quantization."""
        out: Tensor = self.quant_conv(self.encoder(pixels))
        return out

    def encode(self, pixels: Tensor) -> Tensor:
        """Codes [batch, rows, cols] of pixels [batch, 3, height, width] in [-1, 1]."""
        codes: Tensor = self.quantize(self.latent(pixels))
        return codes

    def decode_latent(self, quantized: Tensor) -> Tensor:
        """Pixels of raw code vectors [batch, channels, rows, cols]."""
        out: Tensor = self.decoder(self.post_quant_conv(quantized), quantized)
        return out

    def decode(self, codes: Tensor) -> Tensor:
        """Pixels [batch, 3, height, width], about [-1, 1], of codes [batch, rows, cols]."""
        vectors = self.quantize.embedding(codes).to(self.post_quant_conv.weight.dtype)
        # Laid out anew, else every convolution would take it for channels-last and lay out its weights so.
        return self.decode_latent(rearrange(vectors, "b h w c -> b c h w").contiguous())
