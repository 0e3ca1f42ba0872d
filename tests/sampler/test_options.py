"""Every setting that makes no sense is refused with one sentence."""

import pytest

from lumina.errors import InputError
from lumina.sampler.options import SamplingOptions


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": -1}, {"seed": 2**63},
        {"guidance_scale": float("nan")}, {"guidance_scale": float("inf")}, {"guidance_scale": -0.1},
        {"temperature": 0}, {"temperature": float("nan")},
        {"top_k": -1}, {"top_p": 0}, {"top_p": 1.5}, {"top_p": float("nan")},
        {"window": 0}, {"window": 10_000},
    ],
)  # fmt: skip
def test_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError) as error:
        SamplingOptions.model_validate(wrong)
    assert str(error.value).count(".") >= 1
    assert str(error.value).endswith(".")


def test_defaults_are_off() -> None:
    options = SamplingOptions(seed=2**63 - 1)
    assert (options.guidance_scale, options.temperature, options.top_k, options.top_p) == (1, 1, 0, 1)
