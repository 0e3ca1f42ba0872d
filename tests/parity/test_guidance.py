"""Guidance, constraint and top-k against the reference's processors; its schedule of the guidance scale."""

import re
from typing import Any

import pytest
import torch
from torch import Tensor

from lumina.model.layout import HEADER, TokenLayout
from lumina.sampler.guidance import reference_scales
from lumina.sampler.logits import guide, keep_top_k
from tests.parity.golden import Golden

pytestmark = pytest.mark.numbers("processors")


@pytest.fixture
def records(golden: Golden) -> dict[str, Any]:
    found: dict[str, Any] = golden.records("processors")
    return found


@pytest.fixture
def layout(golden: Golden, records: dict[str, Any]) -> TokenLayout:
    """Of the image that the reference's processors were led through."""
    return TokenLayout(records["h_latent"], records["w_latent"], golden.text.vocabulary())


def runs(records: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: run
        for name, run in records.items()
        if isinstance(run, dict) and "guidance_scale_after_step" in run
    }


def test_the_schedule_of_whole_images(records: dict[str, Any], layout: TokenLayout) -> None:
    """Step s predicts position s of the image; the last one comes after its end, where nothing changes."""
    assert runs(records)
    for run in runs(records).values():
        scales = reference_scales(run["cfg"], layout, 0)
        wanted = run["guidance_scale_after_step"]
        assert scales == pytest.approx(wanted[: layout.length], abs=1e-9)
        assert wanted[layout.length :] == pytest.approx(
            [scales[-1]] * (len(wanted) - layout.length), abs=1e-9
        )


def test_the_schedule_of_other_grids(golden: Golden, records: dict[str, Any]) -> None:
    for name, wanted in records["guidance_scale_long"]["series"].items():
        scale, rows, cols = re.fullmatch(r"cfg([\d.]+)_grid(\d+)x(\d+)", name).groups()  # type: ignore[union-attr]
        grid = TokenLayout(4 * int(rows), 4 * int(cols), golden.text.vocabulary())
        scales = reference_scales(float(scale), grid, 0)[HEADER:]
        assert scales[: len(wanted)] == pytest.approx(wanted[: len(scales)], abs=1e-9)


def test_the_schedule_behind_a_given_panel(golden: Golden, records: dict[str, Any]) -> None:
    first = records["i2i_first_call"]
    sizes = [
        (prompt["width"], prompt["height"])
        for prompt in golden.records("prompts")["prompts"]
        if prompt.get("image_token_count") == first["new_token_num"] + 1
    ]
    if not sizes:
        pytest.skip("does not say which given panel it was")
    grid = TokenLayout.of_size(*sizes[0], golden.text.vocabulary())
    scales = reference_scales(first["cfg"], grid, first["new_token_num"] + 1)
    assert scales[first["new_token_num"] + 1] == pytest.approx(first["guidance_scale"], abs=1e-9)


def test_scores_after_each_step(golden: Golden, records: dict[str, Any], layout: TokenLayout) -> None:
    """After guidance, after the constraint, after top-k: the reference's scores and its -inf, exactly."""
    numbers, forced, compared = golden.tensors("processors"), layout.forced(), 0
    for name, run in runs(records).items():
        scales = reference_scales(run["cfg"], layout, 0)
        for step, position in records["steps"].items():
            found = {
                key.rpartition(".")[2]: value
                for key, value in numbers.items()
                if key.startswith(f"{name}.{step}.")
            }
            if "scores" not in found:
                continue
            compared += 1
            inside = HEADER <= position < layout.length
            guided = (
                guide(found["scores"], found["uncond"], scales[position])
                if "uncond" in found
                else found["scores"]
            )
            close(guided, found["after_cfg"])
            allowed = constrained(guided, layout, int(forced[position])) if inside else guided
            close(allowed, found["after_constraint"])
            k = run["image_top_k"] if 1 <= position < layout.length else run["text_top_k"]
            close(keep_top_k(allowed, k), found["after_topk"])
            assert int(found["after_topk"].isfinite().sum()) == run["n_finite_after_topk"][position]
    assert compared >= 10


def constrained(scores: Tensor, layout: TokenLayout, forced: int) -> Tensor:
    """What a layout allows at a position: its one id, or the codes."""
    out = torch.full_like(scores, -torch.inf)
    if forced >= 0:
        out[:, forced] = 0
    else:
        out[:, layout.vocabulary.codes] = scores[:, layout.vocabulary.codes]
    return out


def close(found: Tensor, wanted: Tensor) -> None:
    assert torch.equal(found.isfinite(), wanted.isfinite())
    torch.testing.assert_close(found, wanted, atol=5e-4, rtol=0)
