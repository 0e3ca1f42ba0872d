"""Drafts come from where they are right; a former image with the same noise is one such place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lumina.model.draft_table import DraftTable
from lumina.model.layout import ImageTokens, TokenLayout
from lumina.runtime.drafts import Drafts, FormerImages
from lumina.runtime.engine import Engine
from lumina.steps import finish
from tests.runtime.test_best_of import GIVEN, PROMPT, ask


def test_guesses_are_taken_from_where_they_were_right() -> None:
    former = torch.tensor([7, 7, 7, 7, 7, 7, 7, 7])
    codes = torch.tensor([1, 2, 1, 2, 0, 0, 0, 0])
    drafts = Drafts(codes, [2], 2, former)
    drafts.guess(4, 6, no_noise)
    assert codes.tolist() == [1, 2, 1, 2, 7, 7, 0, 0]  # the former image is asked first
    drafts.learn(2, 4)
    drafts.guess(4, 6, no_noise)
    assert codes.tolist() == [1, 2, 1, 2, 1, 2, 0, 0]  # but it was wrong
    codes[4:8] = 7
    drafts.learn(4, 8)
    drafts.guess(7, 8, no_noise)
    assert codes[7] == 7


def no_noise() -> torch.Tensor:
    return torch.zeros(8, 9)


def test_the_table_is_asked_whose_guesses_were_right() -> None:
    images = np.array([[[1, 2], [3, 4], [5, 6]]] * 2), np.array([[[1, 2], [1, 2], [1, 2]]] * 2)
    codes = torch.tensor([1, 2, 0, 0, 0, 0])
    drafts = Drafts(codes, [2], 2, tables=[DraftTable.counted([image], 9) for image in images])
    drafts.guess(2, 6, no_noise)
    assert codes.tolist() == [1, 2, 3, 4, 5, 6]
    codes[2:] = torch.tensor([1, 2, 0, 0])  # what was sampled
    drafts.learn(2, 4)
    drafts.guess(4, 6, no_noise)
    assert codes.tolist() == [1, 2, 1, 2, 1, 2]


def test_below_a_given_panel_its_codes_go_on_where_the_neighbours_are_as_there() -> None:
    table = DraftTable.counted([np.array([[[8, 8], [7, 7]]] * 2)], 9)
    codes = torch.tensor([1, 2, 3, 4, 1, 8, 0, 0])  # two rows of a panel, one and a half below
    drafts = Drafts(codes, [4, 2], 2, tables=[table])
    drafts.guess(6, 8, no_noise)
    assert codes[6:].tolist() == [3, 7]


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


def test_whatever_a_table_guesses_the_codes_are_the_same(engine: Engine, layout: TokenLayout) -> None:
    (batch,) = engine._batches.values()
    plain, request = Engine(batch.transformer, layout.vocabulary), ask(layout, 3)
    drawn = finish(plain.generate(request))
    images = [drawn.codes.numpy()[None].repeat(2, 0)]
    for tables in (images, [image[:, ::-1] for image in images]):
        table = DraftTable.counted(tables, layout.vocabulary.num_codes)
        with_table = finish(Engine(batch.transformer, layout.vocabulary, tables=[table]).generate(request))
        assert torch.equal(with_table.codes, drawn.codes)
        assert tables is not images or with_table.forwards < drawn.forwards
