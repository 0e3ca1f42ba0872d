"""Subjects: a large patterned solid, alone and then in a scene of daylight with one other solid at most."""

import numpy as np

from lumina.worlds.tabletop.captions import is_true
from lumina.worlds.tabletop.scenes import PATTERNS, Scene, fits
from lumina.worlds.tabletop.subjects import request, sample_subject


def test_a_subject_stays_as_it_is_and_where_it_is():
    rng = np.random.default_rng(0)
    for _ in range(30):
        pair = sample_subject(rng)
        (subject,) = pair.before.solids
        assert pair.after.solids[0] == subject
        assert subject.size == "large" and subject.pattern in PATTERNS[1:]
        assert (pair.before.ground, pair.before.light, pair.after.light) == ("white", "daylight", "daylight")
        assert len(pair.after.solids) <= 2
        assert fits(pair.after.solids, pair.after.width, pair.after.height)


def test_what_is_asked_for_is_true_of_the_new_scene():
    rng = np.random.default_rng(1)
    for _ in range(30):
        pair = sample_subject(rng)
        asked = request(pair, rng)
        assert asked.description.endswith(pair.before.solids[0].shape)
        assert is_true(asked.claim, Scene(pair.after.solids, pair.after.ground, pair.after.light))
