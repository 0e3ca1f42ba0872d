"""What the tokenizer keeps: held-out pictures and maps through codes and back, against the truth."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from einops import rearrange
from numpy.typing import NDArray

from lumina.evaluation.strictness import shuffle_half
from lumina.model.movqgan import MoVQGAN
from lumina.steps import Progress, Steps
from lumina.worlds import metrics
from lumina.worlds.benchmark import Benchmark
from lumina.worlds.pixels import Pixels

Codes = NDArray[np.int64]


@torch.inference_mode()
def encode(movqgan: MoVQGAN, picture: Pixels) -> Codes:
    """Codes [rows, cols] of a picture [h, w, 3]."""
    weight = movqgan.quantize.embedding.weight
    pixels = rearrange(torch.tensor(picture).to(weight) / 127.5 - 1, "h w rgb -> 1 rgb h w")
    return np.asarray(movqgan.encode(pixels)[0].cpu().numpy(), dtype=np.int64)


@torch.inference_mode()
def decode(movqgan: MoVQGAN, codes: Codes) -> Pixels:
    """The picture [h, w, 3] of codes [rows, cols]."""
    device = movqgan.quantize.embedding.weight.device
    pixels = movqgan.decode(torch.as_tensor(codes)[None].to(device))[0]
    levels = ((pixels.float() + 1) * 127.5).round().clamp(0, 255).to("cpu", torch.uint8)
    return np.ascontiguousarray(rearrange(levels, "rgb h w -> h w rgb").numpy())


def tokenizer_report(
    movqgan: MoVQGAN, benchmark: Benchmark, count: int = 500, seed: int = 0
) -> Steps[Progress, dict[str, Any]]:
    """Means over `count` held-out scenes of everything the world has: the figures of picture and maps."""
    rows: list[Mapping[str, float]] = []
    uses = {"all": np.zeros(movqgan.config.n_embed, np.int64)}
    uses["picture"] = uses["all"].copy()
    for specimen in benchmark.specimens(count, seed, varied=True):
        codes = {kind: encode(movqgan, image) for kind, image in specimen.images.items()}
        for kind, code in codes.items():
            uses["all"] += np.bincount(code.ravel(), minlength=len(uses["all"]))
            if kind == "picture":
                uses["picture"] += np.bincount(code.ravel(), minlength=len(uses["all"]))
        rows.append(specimen.figures({kind: decode(movqgan, code) for kind, code in codes.items()}))
        yield Progress(len(rows), count, unit="scenes")
    means = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in rows[0]}
    return {"tokenizer": {**means, **_usage(uses), "scenes": count}}


def _usage(uses: dict[str, Codes]) -> dict[str, Any]:
    """How many codes are used, and how evenly: over pictures and maps together, and pictures alone."""
    size = len(uses["all"])
    return {
        "codebook": size,
        "codes_used": round(float((uses["all"] > 0).mean()), 4),
        "perplexity": round(metrics.perplexity(uses["all"]), 1),
        "perplexity_share": round(metrics.perplexity(uses["all"]) / size, 4),
        "codes_used_by_pictures": round(float((uses["picture"] > 0).mean()), 4),
        "perplexity_of_pictures": round(metrics.perplexity(uses["picture"]), 1),
    }


def spoils(movqgan: MoVQGAN) -> dict[str, Callable[[Pixels, np.random.Generator], Pixels]]:
    """For `strictness`: a picture after its round trip, and with half of its codes shuffled."""

    def round_trip(picture: Pixels, rng: np.random.Generator) -> Pixels:
        return decode(movqgan, encode(movqgan, picture))

    def shuffled_codes(picture: Pixels, rng: np.random.Generator) -> Pixels:
        codes = encode(movqgan, picture)
        return decode(movqgan, shuffle_half(codes.ravel(), rng).reshape(codes.shape))

    return {"round_trip": round_trip, "shuffled_codes": shuffled_codes}
