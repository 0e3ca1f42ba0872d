"""Whole runs against the reference: prompt ids, layouts, greedy codes token for token, log-probabilities."""

from typing import Any

import pytest
import torch

from lumina.model.checkpoint import load_transformer
from lumina.model.layout import ImageTokens, TokenLayout, Vocabulary
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from lumina.pipeline.engine import LocalEngine
from lumina.pipeline.request import GenerationRequest
from lumina.sampler.logits import guide, warp
from lumina.sampler.options import SamplingOptions
from lumina.steps import finish
from tests.parity.golden import Golden


@pytest.fixture
def text(golden: Golden) -> TextTokenizer:
    return TextTokenizer.load(golden.model)


def picture(run: dict[str, Any], vocabulary: Vocabulary) -> tuple[TokenLayout, tuple[int, ...], torch.Tensor]:
    """Layout, text prompt, and all codes of a run; with a given panel its codes are part of the prompt."""
    layout = TokenLayout.of_size(*run["image_size"], vocabulary)
    ids = run["prompt_ids"] + run["new_ids"]
    start = ids.index(vocabulary.image_start)
    return layout, tuple(ids[:start]), layout.decode(torch.tensor(ids[start:]))


def test_prompt_ids(golden: Golden, text: TextTokenizer) -> None:
    prompts = golden.records("prompts")["prompts"]
    assert {"t2i", "depth", "i2i"} <= {prompt["task"] for prompt in prompts}
    for prompt in prompts:
        ids = text.encode(prompt["question"])
        if prompt["task"] != "i2i":
            assert ids == prompt["ids"]
            continue
        assert ids == prompt["ids"][: len(ids)]
        layout = TokenLayout.of_size(prompt["width"], prompt["height"], text.vocabulary())
        given = torch.tensor(prompt["ids"][len(ids) :])
        codes = layout.decode(given)
        assert codes.shape == (layout.rows // 2, layout.cols)
        assert torch.equal(layout.encode(codes), given)


def test_roles_of_the_ids(golden: Golden, text: TextTokenizer) -> None:
    ids, found = golden.layout, text.vocabulary()
    assert found.sizes == tuple(range(ids["grid0"], ids["grid0"] + ids["n_grid"]))
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


@pytest.mark.parametrize("window", [1, 16])
def test_greedy_runs_token_for_token(golden: Golden, text: TextTokenizer, window: int) -> None:
    """With guidance 4 the reference's scale stays constant, so its greedy runs are ours with top-k 1."""
    engine = LocalEngine(load_transformer(golden.model), text.vocabulary())
    options = SamplingOptions(guidance_scale=4, top_k=1, window=window)
    runs = [run for run in golden.records("e2e") if not run["do_sample"] and run["cfg"] == 4]
    assert len(runs) >= 3
    for run in runs:
        layout, prompt, codes = picture(run, text.vocabulary())
        given = ImageTokens(codes[: layout.rows // 2]) if run["images"] else None
        assert list(prompt) == text.encode(run["question"])
        drawn = finish(engine.generate(GenerationRequest(prompt, layout, options, given)))
        assert torch.equal(drawn.codes, codes)
        assert layout.encode(drawn.codes).tolist()[-len(run["new_ids"]) :] == run["new_ids"]


def test_sampled_runs_have_the_same_log_probabilities(golden: Golden, text: TextTokenizer) -> None:
    transformer, vocabulary = load_transformer(golden.model), text.vocabulary()
    runs = [run for run in golden.records("e2e") if run["do_sample"] and run["cfg"] in (1, 4)]
    assert len(runs) >= 3
    for run in runs:
        layout, prompt, codes = picture(run, vocabulary)
        options = SamplingOptions(
            guidance_scale=run["cfg"], temperature=run["temperature"], top_k=run["image_top_k"]
        )
        chances = teacher_forced(transformer, layout, prompt, codes, options)
        first = len(layout.encode(codes)) - len(run["new_ids"])
        positions = [position for position in layout.code_positions.tolist() if position >= first]
        wanted = torch.tensor([run["logprob_of_token"][position - first] for position in positions])
        torch.testing.assert_close(chances[-len(wanted) :], wanted, atol=5e-4, rtol=0)


def teacher_forced(
    transformer: Transformer,
    layout: TokenLayout,
    prompt: tuple[int, ...],
    codes: torch.Tensor,
    options: SamplingOptions,
) -> torch.Tensor:
    """log p of every code of an image under the distribution that drawing would use: [codes]."""
    image, spots = layout.encode(codes), layout.code_positions
    conditional = transformer(torch.cat((torch.tensor(prompt), image))[None])[0, len(prompt) + spots - 1]
    unconditional = transformer(image[None])[0, spots - 1]
    part = layout.vocabulary.codes
    logits = warp(guide(conditional[:, part], unconditional[:, part], options.guidance_scale), options)
    return logits.log_softmax(dim=-1).gather(1, codes.view(-1, 1))[:, 0]
