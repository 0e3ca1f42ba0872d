"""How codes are drawn from the logits: every number that a person may set."""

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from lumina.errors import InputError
from lumina.settings import Dtype

MAX_SEED = 2**63 - 1

Compat = Literal["off", "reference"]


class SamplingOptions(BaseModel):
    """The settings of one picture. Raises InputError with one sentence where a value makes no sense.

    ``guidance_scale`` 1 means none; ``top_k`` 0 and ``top_p`` 1 are off; ``dtype`` None is the engine's own.
    ``compat`` "reference" repeats the reference's changing guidance scale, for comparison.
    ``window`` and ``dtype`` do not say which picture is meant, only how fast and exactly it is computed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    guidance_scale: float = 1.0
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    compat: Compat = "off"
    window: int = 24
    dtype: Dtype | None = None

    @model_validator(mode="after")
    def _check(self) -> "SamplingOptions":
        _between("seed", self.seed, 0, MAX_SEED)
        _between("guidance scale", self.guidance_scale, 0, 100)
        _between("temperature", self.temperature, 0.01, 100)
        _between("top-k", self.top_k, 0, 1_000_000)
        _between("top-p", self.top_p, 0.001, 1)
        _between("window", self.window, 1, 256)
        return self


def _between(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError(f"The {name} is {value}; choose a number from {low} to {high}.")
