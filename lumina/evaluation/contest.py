"""Ours against the published program's loop and transformers' ``generate()``, in turn on the same weights."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

import torch
from torch import Tensor

from lumina.evaluation import reference_loop
from lumina.evaluation.full_size import invented
from lumina.evaluation.machine import GB
from lumina.evaluation.transformers_loop import loop_seconds
from lumina.json_types import JsonObject
from lumina.model.checkpoint import load_transformer, locate, random_transformer
from lumina.model.config import ModelSpec, TransformerConfig
from lumina.model.layout import TokenLayout
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.options import SamplingOptions
from lumina.settings import Settings
from lumina.steps import Progress, Steps, finish
from lumina.tasks.instructions import text_to_image

PLAIN = "a bowl of fruit on a table"
ONE, WINDOW, REFERENCE = "ours_one_code_at_a_time", "ours", "reference_loop"
RANDOM = TransformerConfig(  # 22 million parameters
    vocab_size=2674, hidden_size=512, intermediate_size=1408, num_hidden_layers=6, num_attention_heads=8,
    num_key_value_heads=8,
)  # fmt: skip

Way: TypeAlias = Callable[[TokenRequest], tuple[Tensor, int]]
"""Draws a picture: its codes, and how many forwards that took."""


@dataclass(frozen=True, eq=False)
class Contest:
    """A network with its whole vocabulary, and the picture that everyone draws with it.

    ``is_trained`` says that its windows settle as many codes as they do for real pictures.
    """

    transformer: Transformer
    request: TokenRequest
    is_trained: bool

    @classmethod
    def of_model(cls, spec: ModelSpec, settings: Settings, codes_per_size: int) -> "Contest":
        """The embedded network in float32, read once more with every row of its tables."""
        folder = locate(spec, settings.models).folder
        text, (width, height) = TextTokenizer.load(folder), spec.default_size
        layout = TokenLayout.of_size(width, height, text.vocabulary(), codes_per_size)
        options = SamplingOptions(
            guidance_scale=spec.guidance_scale, temperature=spec.temperature, window=settings.window
        )
        prompt = tuple(text.encode(text_to_image(PLAIN, width, height)))
        return cls(load_transformer(folder, torch.float32), TokenRequest(prompt, layout, options), True)

    @classmethod
    def of_noise(cls, config: TransformerConfig = RANDOM, size: tuple[int, int] = (128, 128)) -> "Contest":
        """A network of these sizes with random weights, whose windows say nothing."""
        layout = TokenLayout.of_size(*size, invented(config.vocab_size, config.vocab_size * 3 // 4))
        options = SamplingOptions(guidance_scale=4.0)
        prompt = tuple(range(3, 43))
        return cls(random_transformer(config), TokenRequest(prompt, layout, options), False)

    def ways(self) -> Mapping[str, Way]:
        """By name; the slowest last."""
        engine = Engine(self.transformer, self.request.layout.vocabulary)

        def ours(request: TokenRequest) -> tuple[Tensor, int]:
            drawn = finish(engine.generate(request))
            return drawn.codes, drawn.forwards + drawn.prefills

        def one_by_one(request: TokenRequest) -> tuple[Tensor, int]:
            return ours(replace(request, options=request.options.model_copy(update={"window": 1})))

        def published(request: TokenRequest) -> tuple[Tensor, int]:
            noise = reference_loop.with_noise_of(request)
            return reference_loop.draw(self.transformer, request, noise), 2 * request.layout.length - 3

        found = {WINDOW: ours, ONE: one_by_one, REFERENCE: published}
        return found if self.is_trained else {name: way for name, way in found.items() if name != WINDOW}

    def seeded(self, seed: int) -> TokenRequest:
        """The same picture with another chance."""
        return replace(self.request, options=self.request.options.model_copy(update={"seed": seed}))

    def step_bytes(self) -> float:
        """What a forward reads on average: every matrix, the head of codes, two rows of half a picture."""
        config, layout = self.transformer.config, self.request.layout
        weight = self.transformer.lm_head.weight
        matrices = sum(each.nbytes for each in self.transformer.model.layers.parameters())
        head = layout.vocabulary.num_codes * config.hidden_size * weight.element_size()
        tokens = len(self.request.prompt) + layout.length
        channels = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim
        return float(matrices + head + tokens * channels * weight.element_size())


@dataclass(frozen=True, eq=False)
class Turn:
    """What one way took for one picture."""

    seconds: float
    processor_seconds: float
    forwards: int
    codes: Tensor


def run(contest: Contest, rounds: int, copied: float) -> Steps[Progress, JsonObject]:
    """Every way draws the same picture in turn, ``rounds`` times; ``copied`` are the bytes that the memory
    copies in a second. Yields after each picture."""
    ways, turns = contest.ways(), dict[str, list[Turn]]()
    _turn(next(iter(ways.values())), contest.seeded(0))  # to warm up
    for number in range(rounds):
        for name, way in ways.items():
            turns.setdefault(name, []).append(_turn(way, contest.seeded(number)))
            done = number * len(ways) + len(turns) - (number > 0) * (len(ways) - [*ways].index(name) - 1)
            yield Progress(done, rounds * len(ways), unit="pictures")
    alike = [torch.equal(a.codes, b.codes) for a, b in zip(turns[ONE], turns[REFERENCE], strict=True)]
    config, layout = contest.transformer.config, contest.request.layout
    return {
        "parameters": sum(each.numel() for each in contest.transformer.parameters()),
        "weights": "trained" if contest.is_trained else "random",
        "tokens": layout.length,
        "guidance_scale": contest.request.options.guidance_scale,
        "ways": {name: _figures(contest, turns, name, copied) for name in turns},
        "same_codes": round(sum(alike) / len(alike), 4),
        "rounds": rounds,
        "transformers": _generate(config, layout, len(contest.request.prompt)),
    }


def _turn(way: Way, request: TokenRequest) -> Turn:
    begun, worked = time.perf_counter(), time.process_time()
    codes, forwards = way(request)
    return Turn(time.perf_counter() - begun, time.process_time() - worked, forwards, codes)


def _figures(contest: Contest, turns: Mapping[str, Sequence[Turn]], name: str, copied: float) -> JsonObject:
    """Medians; how many times as fast as the published loop is the median of the rounds' own ratios."""
    own, theirs = turns[name], turns[REFERENCE]
    seconds, worked = (
        median(getattr(turn, kind) for turn in own) for kind in ("seconds", "processor_seconds")
    )
    pace = median(turn.processor_seconds / turn.forwards for turn in own)
    read = contest.step_bytes() / pace
    return {
        "seconds": round(seconds, 4),
        "processor_seconds": round(worked, 4),
        "forwards": round(median(turn.forwards for turn in own)),
        "ms_per_forward": round(1000 * median(turn.seconds / turn.forwards for turn in own), 3),
        "ms_per_token": round(1000 * seconds / contest.request.layout.length, 3),
        "processor_ms_per_token": round(1000 * worked / contest.request.layout.length, 3),
        "read_gb_per_second": round(read / GB, 2),
        "share_of_copy": round(read / copied, 3),
        "times_as_fast": round(median(b.seconds / a.seconds for a, b in zip(own, theirs, strict=True)), 2),
        "times_as_fast_by_processor_time": round(
            median(b.processor_seconds / a.processor_seconds for a, b in zip(own, theirs, strict=True)), 2
        ),
    }


def _generate(config: TransformerConfig, layout: TokenLayout, words: int) -> JsonObject:
    """The pace of transformers' own loops, with random weights of the same sizes."""
    device = torch.device("cpu")
    return {
        "two_forwards_growing_cache": loop_seconds(config, layout, words, torch.float32, device),
        "one_batch_static_cache": loop_seconds(config, layout, words, torch.float32, device, "static"),
    }
