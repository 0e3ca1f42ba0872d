"""Speed and memory of a model of full size on random weights: what a GPU does, whatever the pictures show.

How many codes a window settles is not measured: that depends on real weights.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import torch

from lumina.errors import InputError
from lumina.evaluation.transformers_loop import loop_seconds
from lumina.json_types import JsonObject
from lumina.model.checkpoint import random_movqgan, random_transformer
from lumina.model.config import MOVQGAN_270M, ModelSpec, MoVQConfig, TransformerConfig
from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.memory_plan import QUANT_BYTES, MemoryPlan, free_memory, movqgan_dtype, open_device, plan
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.settings import Quant, Settings
from lumina.steps import Progress, Steps

WINDOWS = (1, 8, 16, 32, 64)
WORDS = 64  # tokens of the instruction
SIZES = 128  # size tokens of the invented vocabulary
TIMED_ROWS = 3  # of codes, in the middle of the picture
COPIED = 2**30  # bytes moved back and forth to measure the memory's speed
GB = 1e9


class Bench:
    """One model of these sizes on one device."""

    def __init__(
        self,
        config: TransformerConfig,
        movq: MoVQConfig,
        settings: Settings,
        size: tuple[int, int],
        guidance_scale: float = 4.0,
    ) -> None:
        self.config, self.movq, self.settings = config, movq, settings
        self.device = open_device(settings.device)
        self.dtype: torch.dtype = getattr(torch, settings.dtype)
        self.vocabulary = invented(config.vocab_size, movq.n_embed)
        self.layout = TokenLayout.of_size(*size, self.vocabulary, 32 // movq.downsampling)
        self.options = SamplingOptions(guidance_scale=guidance_scale, window=1)
        self.cells = torch.Generator().manual_seed(0)

    def transformer(self, quant: Quant) -> Transformer:
        """Made on the device, as loading leaves it."""
        return random_transformer(self.config, self.dtype, self.device, quant, self.vocabulary)

    def engine(self, transformer: Transformer) -> Engine:
        """Draws with it."""
        return Engine(transformer, self.vocabulary, self.settings.cache == "int8")

    def request(self, window: int, rows: int, stop: int | None = None) -> TokenRequest:
        """A picture of which ``rows`` rows exist, to be drawn down to ``stop``."""
        shape = (rows, self.layout.cols)
        drawn = torch.randint(0, self.vocabulary.num_codes, shape, generator=self.cells)
        return TokenRequest(
            tuple(range(3, 3 + WORDS)),
            self.layout,
            self.options.model_copy(update={"window": window}),
            drawn=ImageTokens(drawn) if rows else None,
            stop_row=stop,
        )

    def picture(self, engine: Engine) -> JsonObject:
        """A whole picture, one code at a time."""
        begun = self.clock()
        for _ in engine.generate(self.request(1, 0)):
            pass
        seconds = self.clock() - begun
        return {
            "seconds_per_image": round(seconds, 3),
            "ms_per_code": round(1000 * seconds / (self.layout.rows * self.layout.cols), 3),
        }

    def step(self, engine: Engine, window: int) -> float:
        """Milliseconds of one window step in the middle of a picture; the prefill is not in it."""
        half = self.layout.rows // 2
        stop = min(half + 1 + TIMED_ROWS, self.layout.rows)
        marks = [(self.clock(), step.forwards) for step in engine.generate(self.request(window, half, stop))]
        paces = [(b[0] - a[0]) / (b[1] - a[1]) for a, b in pairwise(marks) if b[1] > a[1]]
        pace: float = median(paces or [0.0])
        return round(1000 * pace, 3)

    def decoding(self) -> float:
        """Seconds from codes to pixels."""
        decoder = movqgan_dtype(self.settings, self.device)
        movqgan = random_movqgan(self.movq, self.device, decoder)
        shape = (1, self.layout.rows, self.layout.cols)
        codes = torch.randint(0, self.movq.n_embed, shape, generator=self.cells).to(self.device)
        with torch.inference_mode():
            return round(self.timed(lambda: movqgan.decode(codes), 3), 4)

    def bytes_per_step(self, transformer: Transformer) -> float:
        """What a step has to read: every matrix, the head, and half a picture's keys and values."""
        matrices = float(sum(weight.nbytes for weight in transformer.model.layers.parameters()))
        matrices *= QUANT_BYTES.get(self.settings.quant, self.dtype.itemsize) / self.dtype.itemsize
        tokens = WORDS + self.layout.length / 2
        channels = 2 * self.config.num_hidden_layers * self.config.num_key_value_heads * self.config.head_dim
        return float(
            matrices + transformer.lm_head.weight.nbytes + 2 * tokens * channels * self.dtype.itemsize
        )

    def copy_speed(self) -> float:
        """Bytes read and written in a second by a plain copy."""
        count = COPIED if self.device.type == "cuda" else COPIED // 16
        source = torch.zeros(count, dtype=torch.uint8, device=self.device)
        target = torch.empty_like(source)
        return 2 * count / self.timed(lambda: target.copy_(source), 10)

    def timed(self, work: Callable[[], Any], times: int) -> float:
        """Median seconds, after one to warm up."""
        work()
        found = []
        for _ in range(times):
            begun = self.clock()
            work()
            found.append(self.clock() - begun)
        return median(found)

    def clock(self) -> float:
        """Seconds, once the device has done everything it was told."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter()

    def memory(self) -> JsonObject | None:
        """Gigabytes in use and at most since the last reset; None where it is not counted."""
        if self.device.type != "cuda":
            return None
        peak = torch.cuda.max_memory_allocated(self.device)
        return {
            "now_gb": round(torch.cuda.memory_allocated(self.device) / GB, 2),
            "peak_gb": round(peak / GB, 2),
        }

    def clear(self) -> None:
        """Give back what nobody holds any more."""
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self.device)


def run(
    spec: ModelSpec,
    settings: Settings,
    *,
    windows: Sequence[int] = WINDOWS,
    movq: MoVQConfig = MOVQGAN_270M,
    size: tuple[int, int] | None = None,
) -> Steps[Progress, JsonObject]:
    """Measure everything in turn on one device; yields after each part. ``size`` is in pixels.

    Raises InputError if the model's sizes are not known or do not fit into memory.
    """
    if spec.transformer is None:
        raise InputError(
            f"The sizes of {spec.name} are not in the list; choose lumina-mgpt-2.0, omni or lumina-2b."
        )
    settings, size = settings.suited(spec.dtype), size or spec.default_size
    bench = Bench(spec.transformer, movq, settings, size)
    needs = plan(replace(spec, source="", movqgan_source="", sizes=(size,)), settings, bench.device)
    needs.check(free_memory(bench.device))
    total = 6 + len(windows)
    bench.clear()
    begun = bench.clock()
    transformer = bench.transformer(settings.quant)
    seconds = round(bench.clock() - begun, 2)
    found: JsonObject = {**_surroundings(bench, needs), "weights_seconds": seconds}
    found["weights_memory"], copied = bench.memory(), round(bench.copy_speed() / GB, 1)
    found["copy_gb_per_second"] = copied
    yield Progress(1, total, unit="parts")
    engine = bench.engine(transformer)
    paces: dict[int, float] = {}
    for number, window in enumerate(windows):
        paces[window] = bench.step(engine, window)
        yield Progress(2 + number, total, unit="parts")
    found["ms_per_step"] = {str(window): pace for window, pace in paces.items()}
    found |= _speeds(bench, transformer, paces[windows[0]], copied)
    found |= bench.picture(engine)
    found["picture_memory"] = bench.memory()
    yield Progress(total - 4, total, unit="parts")
    del engine, transformer
    bench.clear()
    found["decode_seconds"], found["decode_memory"] = bench.decoding(), bench.memory()
    yield Progress(total - 3, total, unit="parts")
    bench.clear()
    found["int8"] = _in_integers(bench)
    yield Progress(total - 2, total, unit="parts")
    bench.clear()
    found["reference_loop"] = {**loop_seconds(bench.config, bench.layout, WORDS, bench.dtype, bench.device)}
    yield Progress(total, total, unit="parts")
    return found


def _speeds(bench: Bench, transformer: Transformer, pace: float, copied: float) -> JsonObject:
    """How near a step that takes ``pace`` ms comes to what the memory can deliver: ``copied`` GB a second."""
    achieved = bench.bytes_per_step(transformer) / max(pace / 1000, 1e-9) / GB
    share = achieved / copied
    return {"read_gb_per_second": round(achieved, 1), "share_of_copy": round(share, 3)}


def _in_integers(bench: Bench) -> JsonObject:
    """Memory and pace with 8-bit weights, where torchao is installed."""
    try:
        transformer = bench.transformer("int8")
    except InputError as error:
        return {"skipped": str(error)}
    pace = bench.step(bench.engine(transformer), 16)
    return {"memory": bench.memory(), "ms_per_step": {"16": pace}}


def _surroundings(bench: Bench, needs: MemoryPlan) -> JsonObject:
    layout, scale = bench.layout, bench.movq.downsampling
    gpu = torch.cuda.get_device_name(bench.device) if bench.device.type == "cuda" else "CPU"
    return {
        "model": needs.spec.name,
        "weights": "random",
        "device": gpu,
        "torch": torch.__version__,
        "dtype": bench.settings.dtype,
        "quant": bench.settings.quant,
        "cache": bench.settings.cache,
        "size": [layout.cols * scale, layout.rows * scale],
        "guidance_scale": bench.options.guidance_scale,
        "planned_gb": round(needs.total / GB, 2),
    }


def invented(vocab_size: int, num_codes: int) -> Vocabulary:
    """Roles for ids of a model without a tokenizer: codes last, before them what else an image needs."""
    first = vocab_size - num_codes - SIZES - 3
    return Vocabulary(
        bos=0,
        separator=1,
        image_start=first,
        image_end=first + 1,
        new_line=first + 2,
        sizes=tuple(range(first + 3, first + 3 + SIZES)),
        first_code=vocab_size - num_codes,
        num_codes=num_codes,
    )
