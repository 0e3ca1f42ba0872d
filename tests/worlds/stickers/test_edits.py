"""Edits of stickers have exact results, are said in words that the checks take as done, and lead back."""

import numpy as np
import pytest

from lumina.worlds.stickers.edit_checks import change_mask, is_done
from lumina.worlds.stickers.edits import OPERATIONS, is_sound, places_said, sample_edit
from lumina.worlds.stickers.instructing import edit_words, instruct
from lumina.worlds.stickers.negatives import wrong_edit
from lumina.worlds.stickers.render import render
from lumina.worlds.stickers.scenes import Scene, Sticker, sample_scene
from lumina.worlds.stickers.subjects import request, sample_subject
from lumina.worlds.stickers.words import unknown_words

CAR = Sticker("car", "cartoon", "red", "medium", 0, 32)
TREE = Sticker("tree", "flat", "", "medium", 64, 32)
SCENE = Scene((CAR, TREE), "blue")


def edits_of(operation, count=12):
    rng = np.random.default_rng(OPERATIONS.index(operation))
    found = []
    while len(found) < count:
        edit = sample_edit(sample_scene(rng), operation, rng)
        said = instruct(edit, rng) if edit else None
        if edit and said:
            found.append((edit, said, rng))
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_true_result_is_done_and_nothing_else_is(operation):
    for edit, said, rng in edits_of(operation):
        assert is_sound(edit.after) and edit.undone().undone() == edit
        assert is_done(edit, said, edit.after), said.text
        assert not is_done(edit, said, edit.before), said.text
        assert unknown_words(said.text, "instruction") == (), said.text
        assert set(said.text.replace(",", "").split()) <= edit_words()
        other = wrong_edit(edit, said, rng)
        assert other is None or other.text != said.text


def test_only_what_is_meant_changes():
    for operation in ("recolour", "restyle", "replace", "remove"):
        for edit, _, _ in edits_of(operation, 4):
            before, after = render(edit.before).picture, render(edit.after).picture
            sticker = edit.before.stickers[edit.sticker]
            rows, cols = np.nonzero((before != after).any(-1))
            assert sticker.y <= rows.min() and rows.max() < sticker.y + sticker.side
            assert sticker.x <= cols.min() and cols.max() < sticker.x + sticker.side
            assert change_mask(before, after).sum() >= len(rows) * 0.5


def test_words_lead_to_the_place():
    for operation in ("add", "move"):
        for edit, said, _ in edits_of(operation):
            assert list(places_said(edit)) and (said.relation is None) == (said.anchor is None)


def test_a_loss_elsewhere_is_not_done():
    rng = np.random.default_rng(0)
    edit = sample_edit(SCENE, "reground", rng)
    said = instruct(edit, rng)
    assert not is_done(edit, said, Scene(edit.after.stickers[:1], edit.after.ground))


def test_subjects_stay_where_they_are_and_strangers_are_never_named():
    rng = np.random.default_rng(0)
    for i in range(20):
        pair = sample_subject(rng, stranger=i % 2 == 0)
        asked = request(pair, rng)
        assert pair.before.stickers[0] == pair.after.stickers[0]
        assert pair.after.ground != "white"
        assert unknown_words(asked.description, "description") == ()
        assert i % 2 or asked.description == "sticker"
