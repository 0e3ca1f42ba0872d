"""How strict the judge is: what it accepts and turns down among pictures whose truth is known."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lumina.steps import Progress, Steps
from lumina.worlds.benchmark import Benchmark
from lumina.worlds.pixels import Pixels

Spoil = Callable[[Pixels, np.random.Generator], Pixels]
BLOCK = 8  # pixels: one code of an embedded model


def strictness(
    benchmark: Benchmark,
    count: int = 200,
    seed: int = 0,
    round_trip: Spoil | None = None,
    shuffled_codes: Spoil | None = None,
) -> Steps[Progress, dict[str, Any]]:
    """Shares between 0 and 1 over `count` held-out scenes, rendered, and the seconds one reading takes.

    `accepted`: own captions; `accepted_soft`: the same on softened pictures; `wrong_rejected`: captions with
    one fault; `shuffled_rejected`: half of the 8×8 blocks shuffled. A tokenizer adds `accepted_round_trip`
    and `shuffled_codes_rejected`.
    """
    spoils: dict[str, Spoil] = {"accepted": lambda picture, _: picture, "accepted_soft": soften}
    spoils |= {"accepted_round_trip": round_trip} if round_trip else {}
    spoils |= {"shuffled_rejected": shuffle_blocks}
    spoils |= {"shuffled_codes_rejected": shuffled_codes} if shuffled_codes else {}
    verdicts: dict[str, list[bool]] = {name: [] for name in (*spoils, "wrong_rejected")}
    rng, seconds = np.random.default_rng(seed), 0.0
    for done, specimen in enumerate(benchmark.specimens(count, seed), start=1):
        for name, spoil in spoils.items():
            spoiled = spoil(specimen.images["picture"], rng)
            begun = time.perf_counter()
            judgement = specimen.judge(spoiled)
            seconds += time.perf_counter() - begun
            verdicts[name].append(judgement.accepted is not name.endswith("rejected"))
            if name == "accepted":
                verdicts["wrong_rejected"] += judgement.rejected(rng)
        yield Progress(done, count, unit="scenes")
    shares = {name: round(float(np.mean(right)), 4) for name, right in verdicts.items()}
    return {**shares, "scenes": count, "seconds_per_picture": round(seconds / (count * len(spoils)), 3)}


def soften(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Wobble by 0.7 pixels, blur by 0.6 and add coarse noise of 5 levels: worse than a decoder does."""
    height, width = picture.shape[:2]
    down, right = (ndimage.gaussian_filter(rng.normal(size=(height, width)), 4) for _ in range(2))
    rows, cols = np.mgrid[:height, :width]
    where = [rows + 0.7 * down / down.std(), cols + 0.7 * right / right.std()]
    channels = np.moveaxis(picture.astype(np.float32), -1, 0)
    moved = [ndimage.map_coordinates(channel, where, order=1, mode="nearest") for channel in channels]
    noise = ndimage.gaussian_filter(rng.normal(size=picture.shape), (1, 1, 0))
    soft = ndimage.gaussian_filter(np.stack(moved, axis=-1), (0.6, 0.6, 0)) + 5 * noise / noise.std()
    return np.asarray(np.clip(soft + 0.5, 0, 255), dtype=np.uint8)


def shuffle_blocks(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Half of the 8×8 blocks change places among themselves."""
    height, width = picture.shape[:2]
    rows, cols = height // BLOCK, width // BLOCK
    grid = picture.reshape(rows, BLOCK, cols, BLOCK, 3).swapaxes(1, 2)
    blocks = shuffle_half(grid.reshape(rows * cols, BLOCK, BLOCK, 3), rng)
    return blocks.reshape(rows, cols, BLOCK, BLOCK, 3).swapaxes(1, 2).reshape(picture.shape)


def shuffle_half(values: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """A copy in which a random half of the first axis is permuted."""
    chosen = rng.permutation(len(values))[: len(values) // 2]
    shuffled = values.copy()
    shuffled[chosen] = values[rng.permutation(chosen)]
    return shuffled
