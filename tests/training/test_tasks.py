"""Training on all tasks: pairs on disk, samples in the right words and halves, batches that resume."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from lumina.errors import InputError
from lumina.model.checkpoint import save_movqgan
from lumina.model.movqgan import MoVQGAN
from lumina.model.text import TextTokenizer
from lumina.model.transformer import Transformer
from lumina.steps import finish
from lumina.tasks import DRAWING_TASKS
from lumina.training import codes, dataset, pairs, vocabulary
from lumina.training.auxiliary_head import AuxiliaryHead
from lumina.training.codes import CodedScenes
from lumina.training.curricula import transformer_config
from lumina.training.losses import MARGIN, loss_of, told_apart
from lumina.training.mixture import Pools, check_tasks
from lumina.training.mixture import sources as mixed_sources
from lumina.training.pairs import PairShard
from lumina.training.samples import EDIT_WEIGHT, Mapped, Spoken
from lumina.training.sequences import CORRUPTION, Sequences, corrupted
from lumina.worlds.curriculum import NO_ANSWER
from lumina.worlds.tabletop.auxiliary_targets import answers_ahead, answers_of_edit
from lumina.worlds.tabletop.captions import foot
from lumina.worlds.tabletop.curriculum import weight_of, weight_of_edit
from lumina.worlds.tabletop.edits import OPERATIONS, SceneEdit
from lumina.worlds.tabletop.instructing import instruct
from lumina.worlds.tabletop.render import render
from lumina.worlds.tabletop.scenes import (
    COLORS,
    MATERIALS,
    SHAPES,
    SIZES,
    Scene,
    Solid,
    is_held_out,
)
from tests.training.tiny import CURRICULUM, TINY_MOVQ

CODES = 64
TASKS = tuple(CURRICULUM.tasks)


def sources(pools, text, tasks):
    return mixed_sources(pools, text, CURRICULUM, tasks)


@pytest.fixture(scope="module")
def encoded(tmp_path_factory):
    """Six scenes with maps, three chains of edits and six subjects, as codes of a random tokenizer."""
    folder = tmp_path_factory.mktemp("tasks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "SHARD", 12)
        patch.setattr(pairs, "SHARD", 12)
        patch.setattr(vocabulary, "_corpus", lambda _: ["a red cube left of a blue sphere: dual-panel image"])
        dataset.claim_world(folder, CURRICULUM)
        dataset.write_shard(0, folder, CURRICULUM)
        finish(pairs.render_pairs(folder, {"edit": 1, "subject": 1}, CURRICULUM, workers=1))
        vocabulary.build_tokenizer(folder / "model", CODES, CURRICULUM)
    torch.manual_seed(0)
    movqgan = MoVQGAN(TINY_MOVQ)
    with torch.no_grad():
        movqgan.quantize.embedding.weight.normal_()
    save_movqgan(movqgan, folder / "model")
    finish(
        codes.encode_shards(folder, folder / "model", folder / "codes", CURRICULUM, map_shards=1, workers=1)
    )
    return folder


@pytest.fixture(scope="module")
def text(encoded):
    return TextTokenizer.load(encoded / "model")


@pytest.fixture(scope="module")
def pools(encoded):
    return Pools.read(encoded, encoded / "codes", CURRICULUM, TASKS)


def test_a_shard_of_edits_holds_chains_of_training_scenes(encoded):
    scenes, links = stored(encoded, "edit")
    assert len(scenes) >= 12 and len(links) >= 8
    assert not any(is_held_out(lesson.scene) for lesson in scenes)
    assert {link.row["operation"] for link in links} <= set(OPERATIONS)
    assert all(link.after == link.before + 1 for link in links)
    edits = [link.pair("edit", scenes, CURRICULUM).edit for link in links]
    assert all(instruct(edit, np.random.default_rng(0)) is not None for edit in edits)
    pictures = dataset.read_pictures(PairShard("edit", 0).path(encoded), "picture")
    assert (pictures[1] == render(scenes[1].scene).picture).all()


def stored(encoded, task):
    """The scenes of a shard of pairs, and the links between them."""
    file = PairShard(task, 0).path(encoded)
    return dataset.read_scenes(file, CURRICULUM), pairs.read_pair_rows(file)


def test_a_subject_is_alone_on_white_and_again_in_its_scene(encoded):
    scenes, links = stored(encoded, "subject")
    for link in links:
        before, after = scenes[link.before].scene, scenes[link.after].scene
        (alone,), again = before.solids, after.solids[link.row["solid"]]
        assert again == alone and alone.pattern != "plain" and before.ground == "white"
        assert all(s.pattern == "plain" and s.color != again.color for s in after.solids[1:])


def test_encoding_goes_on_where_it_stopped(encoded):
    file = encoded / "codes" / "hed-00000.npy"
    before = (encoded / "codes" / "depth-00000.npy").stat().st_mtime_ns
    kept = np.load(file)
    file.unlink()
    again = codes.encode_shards(
        encoded, encoded / "model", encoded / "codes", CURRICULUM, map_shards=1, workers=1
    )
    finish(again)
    assert (np.load(file) == kept).all()
    assert (encoded / "codes" / "depth-00000.npy").stat().st_mtime_ns == before


@pytest.mark.parametrize("is_drawn", [False, True])
def test_varied_scenes_are_drawn_from_words_where_the_world_says_so(tmp_path, monkeypatch, is_drawn):
    monkeypatch.setattr(type(CURRICULUM), "varied_every", 2)
    monkeypatch.setattr(type(CURRICULUM), "varied_drawn", is_drawn)
    for number in range(3):
        (tmp_path / f"scenes-{number:05d}.npz").touch()
    found = codes._encodings(tmp_path, tmp_path, CURRICULUM, map_shards=9)
    targets = {encoding.target.stem for encoding in found}
    assert ("codes-00001" in targets) == is_drawn
    assert {"codes-00000", "codes-00002"} < targets and "hed-00001" not in targets
    late = [dataset.Shard(number).is_varied(CURRICULUM) for number in (1, 2, 121, 122)]
    assert late == [True, False, is_drawn, False]


@pytest.mark.parametrize("task", TASKS)
def test_a_sample_is_the_panels_of_its_task(pools, text, task):
    ((source, _),) = sources(pools, text, [task])[task]
    assert source.size == ((128, 128) if task == "text_to_image" else (128, 256))
    assert source.given == (task not in ("text_to_image", "image_pair"))
    rng = np.random.default_rng(0)
    samples = [source.sample(rng) for _ in range(60)]
    rows = 16 if task == "text_to_image" else 32
    assert all(sample.codes.shape == (rows, 16) for sample in samples)
    assert 0 < sum(not sample.prompt for sample in samples) < 20
    words = [text._plain.decode(sample.prompt[1:-1]) for sample in samples if sample.prompt]
    assert all(("dual-panel image of 128x256" in w) or "128×256" in w for w in words) == (rows == 32)


def test_a_scene_of_which_nothing_can_be_said_is_not_drawn_from_words(pools, text):
    class Silent(type(pools.maps.scenes[0])):
        def say(self, rng):
            return None

    silent = Silent(**{field.name: getattr(pools.maps.scenes[0], field.name) for field in fields(Silent)})
    pool = CodedScenes((silent, *pools.maps.scenes[1:2]), pools.maps.part(0, 2).codes)
    only = pool.codes["picture"][1]
    for source in (
        Spoken(pool, text, DRAWING_TASKS["text_to_image"]),
        Mapped(pool, text, DRAWING_TASKS["control"], {"depth": 1.0}),
    ):
        rng = np.random.default_rng(0)
        assert all((source.sample(rng).codes[-16:] == only).all() for _ in range(8))


def test_control_shows_the_map_above_and_predict_below(pools, text):
    rng = np.random.default_rng(1)
    found = sources(pools, text, ["control", "predict"])
    above = {sample.codes[:16].tobytes() for sample in draw(found["control"], rng)}
    below = {sample.codes[16:].tobytes() for sample in draw(found["predict"], rng)}
    pictures = {codes.astype(np.int64).tobytes() for codes in pools.maps.codes["picture"]}
    assert not (above | below) & pictures
    assert {sample.codes[16:].tobytes() for sample in draw(found["control"], rng)} <= pictures


def draw(weighted, rng):
    ((source, _),) = weighted
    return [source.sample(rng) for _ in range(8)]


def mixed(pools, text, tasks=TASKS, corrupts=False):
    weighted = [pair for group in sources(pools, text, tasks).values() for pair in group]
    return Sequences(weighted, text.vocabulary(), len(CURRICULUM.targets), corrupts)


def test_what_is_drawn_is_learned_and_what_is_given_is_not(pools, text):
    vocabulary = text.vocabulary()
    for task, learned in (("text_to_image", 256), ("image_pair", 512), ("edit", 256)):
        batch = next(mixed(pools, text, [task]).batches(4, seed=1))
        assert batch.codes.shape[1] == learned
        assert batch.before.max() == batch.ids.shape[1] - 1
        ids = torch.cat([batch.ids, torch.zeros(len(batch.ids), 1, dtype=torch.long)], dim=1)
        after = ids.gather(1, batch.before[:, :-1] + 1)
        assert torch.equal(after, batch.codes[:, :-1] + vocabulary.first_code)


def test_some_of_what_was_drawn_slips_and_what_is_learned_stays(pools, text):
    for task, given in (("text_to_image", False), ("edit", True)):
        plain = next(mixed(pools, text, [task]).batches(64, seed=1))
        changed = next(mixed(pools, text, [task], corrupts=True).batches(64, seed=1))
        assert torch.equal(plain.codes, changed.codes)
        assert torch.equal(plain.before, changed.before)
        wrong = plain.ids != changed.ids
        places = (changed.before + 1).clamp(
            max=wrong.shape[1] - 1
        )  # the longest row ends before its last code
        drawn = torch.zeros_like(wrong).scatter_(1, places, True)
        assert not wrong[~drawn].any()  # neither words nor what is given
        corrupts = wrong.float().sum(1) / plain.codes.shape[1]
        assert 0 < corrupts.max() <= CORRUPTION + 0.1
        assert 0.2 < (corrupts == 0).float().mean() < 1
        again = changed.untrue  # the same mistakes below words that are not true
        assert torch.equal(corrupts[len(corrupts) - len(again) :], corrupts[again])
        assert given == (len(changed.edits) > 0)


def test_a_slip_is_the_code_of_a_place_drawn_before_and_tells_nothing_of_what_is_to_come():
    image = np.arange(48).reshape(6, 8)
    other = image + 100
    for given in (False, True):
        strangers, first = 0, 24 if given else 0
        for seed in range(20):
            changed = corrupted([image, other], given, np.random.default_rng(seed))[0]
            own = changed[changed < 100]
            strangers += len(own) < image.size
            back = image[changed < 100] - own
            assert set(back.tolist()) <= {0, 1, 7, 8, 9}
            assert (own[back > 0] >= first).all()
            assert (changed.flat[:first] == image.flat[:first]).all()
        assert (strangers > 0) == given


def test_every_other_image_is_shown_again_with_words_that_are_not_true_of_it(pools, text):
    for task in ("text_to_image", "control", "edit", "subject"):
        batch = next(mixed(pools, text, [task]).batches(32, seed=1))
        count = len(batch.untrue)
        assert 0 < count <= (len(batch.ids) - count + 1) // 2
        assert torch.equal(batch.codes[-count:], batch.codes[batch.untrue])
        assert all(row % 2 == 0 for row in batch.untrue.tolist())
        assert not any(
            torch.equal(a, b) for a, b in zip(batch.ids[-count:], batch.ids[batch.untrue], strict=True)
        )
        alone = batch.true_alone()
        assert torch.equal(alone.ids, batch.ids[:-count]) and torch.equal(alone.codes, batch.codes[:-count])
        assert len(alone.before) == len(alone.weights) and not len(alone.untrue)
    assert not len(next(mixed(pools, text, ["predict"]).batches(8, seed=1)).untrue)  # no words to be untrue


def test_untrue_words_are_to_be_told_from_true_ones():
    losses = torch.tensor([[1.0, 1.0], [2.0, 2.0], [1.0, 3.0]], requires_grad=True)
    untrue = torch.tensor([0])
    assert told_apart(losses, untrue).tolist() == [2.0]
    mean, contrast = loss_of(losses, untrue)
    assert mean.item() == 1.5 and contrast.item() == pytest.approx(np.log1p(np.exp(MARGIN - 2)))
    contrast.backward()
    assert losses.grad[0, 0] > 0 > losses.grad[2, 0] and losses.grad[1, 0] == 0
    assert loss_of(losses[:2], untrue[:0])[1] == 0


def test_what_an_edit_changes_counts_more_than_its_many_copies(pools, text):
    batch = next(mixed(pools, text, ["edit"]).batches(8, seed=1))
    count = len(batch.ids) - len(batch.untrue)
    assert batch.weights.tolist() == [EDIT_WEIGHT] * count and EDIT_WEIGHT > 1
    assert set(next(mixed(pools, text, ["predict"]).batches(8, seed=1)).weights.tolist()) == {1.0}
    losses = torch.ones(count, 5)
    assert loss_of(losses, batch.untrue[:0], batch.weights)[0] == EDIT_WEIGHT
    assert loss_of(losses, batch.untrue[:0])[0] == 1  # what is measured is not weighted


def test_given_codes_learn_to_tell_whether_the_words_change_them(pools, text):
    vocabulary = text.vocabulary()
    batch = next(mixed(pools, text, ["edit"]).batches(8, seed=1))
    given = batch.ids[batch.edits[:, None], batch.given] - vocabulary.first_code
    assert len(batch.edits) and torch.equal(batch.changed, given != batch.codes[batch.edits])
    model = Transformer(
        transformer_config(CURRICULUM, vocabulary.first_code + vocabulary.num_codes)
    ).initialise(1)
    head = AuxiliaryHead(model, CURRICULUM.targets)
    model.hidden(batch.ids)
    change, look = head.losses(batch)
    assert change.item() == pytest.approx(np.log(2))  # nothing is told yet
    assert look.item() == pytest.approx(np.mean(np.log([4, 8, 2, 2])))
    (change + look).backward()
    assert head.change.weight.grad.abs().sum() > 0 and head.answer.weight.grad.abs().sum() > 0
    without = next(mixed(pools, text, ["predict"]).batches(4, seed=1))
    model.hidden(without.ids)
    head.zero_grad()
    nothing = sum(head.losses(without))
    nothing.backward()
    assert nothing == 0
    assert not head.change.weight.grad.any()  # though there is one, as processes exchange the same gradients
    assert not head.answer.weight.grad.any()


def test_drawn_codes_of_an_edit_learn_to_tell_what_the_meant_solid_looks_like():
    left = Solid("cube", "red", "metal", "large", x=-0.8)
    right = Solid("cone", "blue", "matte", "small", x=0.8)
    scene = Scene((left, right))
    red = [SHAPES.index("cube"), COLORS.index("red"), SIZES.index("large"), MATERIALS.index("metal")]
    removed = SceneEdit("remove", scene, replace(scene, solids=(right,)), 0)
    assert answers_of_edit(removed).tolist() == [[*red, NO_ANSWER]] * 256
    assert (answers_of_edit(removed.undone()) == NO_ANSWER).all()  # what is new, the words say
    lit = answers_of_edit(SceneEdit("relight", scene, replace(scene, light="night"))).reshape(16, 16, 5)
    x, y = (int(v) // 8 for v in foot(left, 128, 128))
    assert lit[y - 1, x].tolist() == [*red, NO_ANSWER] and (lit[0, 0] == NO_ANSWER).all()
    x, y = (int(v) // 8 for v in foot(right, 128, 128))
    assert lit[y - 1, x, 1] == COLORS.index("blue")


def test_drawn_codes_of_a_caption_learn_to_tell_what_is_to_come(pools, text):
    tall = Solid("cylinder", "red", "matte", "large", x=-0.8)
    low = Solid("sphere", "blue", "matte", "small", x=0.8, y=-0.5)
    ahead = answers_ahead(Scene((low, tall)))
    cylinder, sphere = SHAPES.index("cylinder"), SHAPES.index("sphere")
    assert ahead[0].tolist() == [cylinder, COLORS.index("red"), NO_ANSWER, NO_ANSWER, 2]
    assert ahead[-1].tolist() == [NO_ANSWER] * 4 + [0]
    assert (
        np.diff(ahead[:, -1]).max() == 0 and np.diff(ahead[:, -1]).sum() == -2
    )  # never more, in the end none
    between = ahead[ahead[:, -1] == 1]
    assert len(between) and (between[:, :2] == [sphere, COLORS.index("blue")]).all()
    batch = next(mixed(pools, text, ["text_to_image"]).batches(8, seed=1))
    assert batch.answers.shape == (len(batch.told), batch.codes.shape[1], 5) and len(batch.told)
    assert not len(batch.edits)


def test_batches_are_of_one_length_and_go_on_where_they_stopped(pools, text):
    sequences = mixed(pools, text)
    whole = [batch for batch, _ in zip(sequences.batches(8, seed=3), range(40), strict=False)]
    again = mixed(pools, text).batches(8, seed=3, first=30)
    assert all(torch.equal(a.ids, next(again).ids) for a in whole[30:])
    other = next(sequences.batches(8, seed=3, rank=1))
    assert other.codes.shape == whole[0].codes.shape and not torch.equal(other.codes, whole[0].codes)
    vocabulary = text.vocabulary()
    end = sum(int((batch.ids == vocabulary.image_end).sum()) for batch in whole)
    assert end < 0.1 * sum(batch.ids.numel() for batch in whole)


def test_the_mixture_is_whole_and_named(pools, text):
    assert sum(CURRICULUM.tasks.values()) == pytest.approx(1)
    assert check_tasks(CURRICULUM, []) == TASKS
    assert check_tasks(CURRICULUM, ["edit", "control"]) == ("control", "edit")
    with pytest.raises(InputError, match="sculpture"):
        check_tasks(CURRICULUM, ["sculpture"])
    learned, held_back = pools.split()
    assert len(learned.maps) + len(held_back.maps) == len(pools.maps)
    assert len(held_back.pairs["edit"]) >= 1
    without = Pools(pools.pictures)
    assert list(sources(without, text, TASKS)) == ["text_to_image"]


def test_what_training_shows_more_and_less_often():
    cube = Solid("cube", "red", "matte", "large", x=-0.8)
    beside, behind, aslant = (
        Scene((cube, Solid("cone", "blue", "matte", "large", x=x, y=y)))
        for x, y in ((0.8, 0.0), (-0.8, -1.6), (0.1, -1.4))
    )
    assert weight_of(beside) == weight_of(behind) > weight_of(Scene((cube,))) > weight_of(aslant)
    three = (cube, replace(cube, y=1.0), replace(cube, x=0.8))
    assert weight_of(Scene(three)) > 1 > weight_of(Scene((*three[:2], beside.solids[1])))
    assert weight_of(replace(beside, light="night")) < weight_of(beside)
    recoloured = [SceneEdit("recolour", one, one, 0) for one in (behind, replace(behind, light="night"))]
    assert weight_of_edit(recoloured[0]) == weight_of_edit(recoloured[1])
    assert weight_of_edit(SceneEdit("reground", behind, behind)) < weight_of_edit(recoloured[0])
    alone = Scene((cube,))
    assert weight_of_edit(SceneEdit("recolour", alone, alone, 0)) < weight_of_edit(recoloured[0])
