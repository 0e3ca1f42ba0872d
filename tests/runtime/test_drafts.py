"""Drafts come from where they are right; a former image with the same noise is one such place."""

from dataclasses import replace

import pytest
import torch

from lumina.model.layout import ImageTokens, TokenLayout
from lumina.runtime.drafts import Drafts, FormerImages
from lumina.runtime.engine import Engine
from lumina.steps import finish
from tests.runtime.test_best_of import GIVEN, PROMPT, ask


def test_guesses_are_taken_from_where_they_were_right() -> None:
    former = torch.tensor([7, 7, 7, 7, 7, 7, 7, 7])
    codes = torch.tensor([1, 2, 1, 2, 0, 0, 0, 0])
    drafts = Drafts([2], former)
    drafts.guess(codes, 4, 6)
    assert codes.tolist() == [1, 2, 1, 2, 7, 7, 0, 0]  # the former image is asked first
    drafts.learn(codes, 2, 4)
    drafts.guess(codes, 4, 6)
    assert codes.tolist() == [1, 2, 1, 2, 1, 2, 0, 0]  # but it was wrong
    codes[4:8] = 7
    drafts.learn(codes, 4, 8)
    drafts.guess(codes, 7, 8)
    assert codes[7] == 7


def test_former_images_are_known_by_their_noise(layout: TokenLayout) -> None:
    former = FormerImages(2)
    codes = torch.zeros(layout.rows, layout.cols, dtype=torch.long)
    for seed in (1, 2, 3):
        former.keep(ask(layout, seed), codes + seed)
    former.keep(ask(layout, 4), codes[:2])  # not whole
    assert former.like(ask(layout, 1)) is None and former.like(ask(layout, 4)) is None
    found = former.like(replace(ask(layout, 3, guidance_scale=1.0), prompt=(2, 9)))
    assert found is not None and found.tolist() == [3] * codes.numel()
    assert former.like(ask(layout, 3, rerolls=((2, 9),))) is None
    assert former.like(ask(layout, 3, given=GIVEN)) is None


@pytest.mark.parametrize("changes", [{}, {"given": GIVEN}, {"guidance_scale": 1.0}, {"rerolls": ((4, 5),)}])
def test_what_was_drawn_before_makes_it_faster_and_changes_nothing(
    engine: Engine, layout: TokenLayout, changes: dict[str, object]
) -> None:
    (batch,) = engine._batches.values()
    plain, remembering = (Engine(batch.transformer, layout.vocabulary, remembered=count) for count in (0, 4))
    first = ask(layout, 3, **changes)
    changed = replace(first, prompt=(*PROMPT[:-1], 11))
    drawn = finish(remembering.generate(first))
    again, other = finish(remembering.generate(first)), finish(remembering.generate(changed))
    assert torch.equal(again.codes, drawn.codes) and again.forwards < drawn.forwards
    assert again.forwards == -(-again.tokens // first.options.window)
    assert torch.equal(other.codes, finish(plain.generate(changed)).codes)
    going_on = replace(first, drawn=ImageTokens(drawn.codes[:4]))
    assert torch.equal(finish(remembering.generate(going_on)).codes, drawn.codes)
