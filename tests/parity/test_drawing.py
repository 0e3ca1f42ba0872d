"""Whole runs against the reference: prompt ids, layouts, greedy codes token for token, log-probabilities."""

from typing import Any

import pytest
import torch

from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary
from lumina.model.transformer import Transformer
from lumina.runtime.engine import Engine
from lumina.runtime.tokens import TokenRequest
from lumina.sampler.guidance import reference_scales
from lumina.sampler.logits import guide, warp
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish
from tests.parity.golden import Golden


def picture(run: dict[str, Any], vocabulary: Vocabulary) -> tuple[TokenLayout, tuple[int, ...], torch.Tensor]:
    """Layout, text prompt, and all codes of a run; with a given panel its codes are part of the prompt."""
    layout = TokenLayout.of_size(*run["image_size"], vocabulary)
    ids = run["prompt_ids"] + run["new_ids"]
    start = ids.index(vocabulary.image_start)
    return layout, tuple(ids[:start]), layout.decode(torch.tensor(ids[start:]))


@pytest.mark.numbers("prompts.json")
def test_prompt_ids(golden: Golden) -> None:
    prompts = golden.records("prompts")["prompts"]
    assert prompts
    for prompt in prompts:
        ids = golden.text.encode(prompt["question"])
        if prompt["task"] != "i2i":
            assert ids == prompt["ids"]
            continue
        assert ids == prompt["ids"][: len(ids)]
        layout = TokenLayout.of_size(prompt["width"], prompt["height"], golden.text.vocabulary())
        given = torch.tensor(prompt["ids"][len(ids) :])
        codes = layout.decode(given)
        assert codes.shape == (layout.rows // 2, layout.cols)
        assert torch.equal(layout.encode(codes), given)


@pytest.mark.numbers("layout.json")
def test_roles_of_the_ids(golden: Golden) -> None:
    ids, found = golden.layout, golden.text.vocabulary()
    assert found.sizes[: ids["n_grid"]] == tuple(range(ids["grid0"], ids["grid0"] + ids["n_grid"]))
    assert found == Vocabulary(
        bos=ids["bos_id"],
        separator=ids["sep"],
        image_start=ids["image_start"],
        image_end=ids["image_end"],
        new_line=ids["new_line"],
        sizes=found.sizes,
        first_code=ids["image0"],
        num_codes=ids["n_image"],
    )


@pytest.mark.numbers("e2e.json")
@pytest.mark.parametrize("window", [1, 16])
def test_greedy_runs_token_for_token(golden: Golden, window: int) -> None:
    """Top-k 1 is greedy. With guidance 4 the reference's scale stays; otherwise its schedule acts."""
    engine = Engine(golden.transformer, golden.text.vocabulary())
    runs = [run for run in golden.records("e2e") if not run["do_sample"]]
    if not runs:
        pytest.skip("holds sampled runs only")
    for run in runs:
        compat = "off" if run["cfg"] in (1, 4) else "reference"
        options = SamplingOptions(guidance_scale=run["cfg"], top_k=1, window=window, compat=compat)
        layout, prompt, codes = picture(run, golden.text.vocabulary())
        given = ImageTokens(codes[: layout.rows // 2]) if run["images"] else None
        assert list(prompt) == golden.text.encode(run["question"])
        drawn = finish(engine.generate(TokenRequest(prompt, layout, options, given)))
        assert torch.equal(drawn.codes, codes), run["tag"]
        assert layout.encode(drawn.codes).tolist()[-len(run["new_ids"]) :] == run["new_ids"]


@pytest.mark.numbers("e2e.json")
def test_all_runs_have_the_same_log_probabilities(golden: Golden) -> None:
    """Teacher-forced: every code's chance after guidance, constraint, top-k and temperature."""
    numbers, vocabulary = golden.tensors("e2e"), golden.text.vocabulary()
    for run in golden.records("e2e"):
        layout, prompt, codes = picture(run, vocabulary)
        first = layout.length - len(run["new_ids"])
        spots = [spot for spot in layout.code_positions.tolist() if spot >= first]
        scores = final_scores(golden.transformer, layout, prompt, codes, run, first)[-len(spots) :]
        chances = scores.log_softmax(dim=-1).gather(1, codes.view(-1, 1)[-len(spots) :])[:, 0]
        wanted = torch.tensor([run["logprob_of_token"][spot - first] for spot in spots])
        torch.testing.assert_close(chances, wanted, atol=5e-4, rtol=0, msg=run["tag"])
        for index, spot in enumerate(spots):
            stored = numbers.get(f"{run['tag']}.processed_scores.{spot - first}")
            if stored is not None:
                other = torch.ones_like(stored, dtype=torch.bool)
                other[vocabulary.codes] = False
                assert (stored[other] == -torch.inf).all()
                before = scores[index] * (run["temperature"] or 1)  # the reference divides afterwards
                torch.testing.assert_close(before, stored[vocabulary.codes], atol=5e-4, rtol=0)


def final_scores(
    transformer: Transformer,
    layout: TokenLayout,
    prompt: tuple[int, ...],
    codes: torch.Tensor,
    run: dict[str, Any],
    first: int,
) -> torch.Tensor:
    """The final logits [codes, num_codes] of an image that the run drew from position ``first`` on."""
    image, spots = layout.encode(codes), layout.code_positions
    part = layout.vocabulary.codes
    rows = torch.cat((torch.tensor(prompt), image))[None]
    conditional = transformer(rows, code_slice=part)[0, len(prompt) + spots - 1]
    unconditional = transformer(image[None], code_slice=part)[0, spots - 1]
    scales = torch.tensor(reference_scales(run["cfg"], layout, first))[spots, None]
    options = SamplingOptions(temperature=run["temperature"] or 1, top_k=run["image_top_k"])
    return warp(guide(conditional, unconditional, scales), options)
