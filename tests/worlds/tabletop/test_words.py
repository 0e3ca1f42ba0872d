"""The tabletop model reads what people type as it reads its training's captions, and says what it cannot."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.worlds.language import NO_SETTINGS, ONE_WISH, Kind, replaced
from lumina.worlds.tabletop.captions import KNOWN_WORDS, describe, text_of
from lumina.worlds.tabletop.edits import OPERATIONS, sample_edit
from lumina.worlds.tabletop.instructing import EDIT_WORDS, instruct
from lumina.worlds.tabletop.scenes import sample_scene
from lumina.worlds.tabletop.words import INSTEAD, MEANINGS, normalize, unknown_words


def test_what_training_says_stays_as_it_is_and_is_known() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        scene = sample_scene(rng)
        caption = text_of(describe(scene, rng))
        assert normalize(caption) == caption and not unknown_words(caption)
        edits = [edit for name in OPERATIONS if (edit := sample_edit(scene, name, rng)) is not None]
        for said in filter(None, (instruct(edit, rng) for edit in edits)):
            assert normalize(said.text, "instruction") == said.text and not unknown_words(
                said.text, "instruction"
            )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Make the cube green.", "make the cube green"),
        ("make the Cube green!", "make the cube green"),
        ("‘Make the cube green’\n", "make the cube green"),
        ("make the\u00a0cube\u200b green", "make the cube green"),
        ("Please make the cube green, thanks!", "make the cube green"),
        ("A Red Cube, please!", "a red cube"),
        ("1 red cube and 2 cones", "a red cube and two cones"),
        ("An red cube", "a red cube"),
        ("a orange cube", "an orange cube"),
        ("a cube, a cone, and 3 spheres.", "a cube, a cone and three spheres"),
        ("🐱!", ""),
        ("Red Cube left of Blue Sphere", "a red cube left of a blue sphere"),
        ("the red cube", "a red cube"),
        ("2 red cone", "two red cones"),
        ("A photo of a red cube to the left of the cyan sphere.", "a red cube left of a cyan sphere"),
        ("There is a red cube", "a red cube"),
        ("Draw me a Picture of: two cones!", "two cones"),
        ("Please, could you draw me a red cube? Thank you very much!", "a red cube"),
        ("Hello, I'd like you to show me a red cube", "a red cube"),
        ("I’d like a red cube", "a red cube"),
        ("1. a red cube\n2. a blue sphere", "a red cube and a blue sphere"),
        ("a red cube &amp; a blue sphere", "a red cube and a blue sphere"),
        ("Red cube, blue sphere, white ground", "a red cube and a blue sphere on a white ground"),
        ("red cube, green cone, night", "a red cube and a green cone at night"),
        ("white ground, a red cube, sunset", "a red cube on a white ground at sunset"),
        ("a red cube, daylight", "a red cube in daylight"),
        ("red cube, large, white ground", "a large red cube on a white ground"),
        ("a cube, red, at night", "a red cube at night"),
        ("½ a red cube", "1⁄2 a red cube"),
        ("red cube and a dragon", "red cube and a dragon"),
        ("A Réd cübe", "a red cube"),
        ("a re\u0301d sphère", "a red sphere"),
        ("(a red cube:1.3) and [a blue sphere: 0.8]", "a red cube and a blue sphere"),
        ("a (red:1.2) cube, (blue:.9) sphere", "a red cube and a blue sphere"),
        ("a cube (red), a sphere (blue)", "a red cube and a blue sphere"),
        ("Cube, orange, small", "a small orange cube"),
        ("a metal red sphere left of a cone, blue", "a red metal sphere left of a blue cone"),
        ("At night: two cones", "two cones at night"),
        ("left of a blue sphere a red cube", "left of a blue sphere a red cube"),
        ("a red cube, blue and green spheres", "a red cube, blue and green spheres"),
        ("a red сube and a RЕD СUВE", "a red cube and a red cube"),  # letters of Cyrillic
        ("Τwo ΒLUE cοnes", "two blue cones"),  # of Greek
        ("a PİNK cube and a whıte ground", "a pink cube on a white ground"),  # of a Turkish keyboard
        ("a r̶e̶d̶ cube", "a red cube"),
        ("an ⓡⓔⓓ ｃübe", "a red cube"),
        ("a red\u200bcübe", "a red cube"),
        ("a red cube² ™", "a red cube"),
        ("² red cubes", "red cubes"),
        ("a red cube<sup>2</sup> and a cone[1]", "a red cube and a cone"),
        ("٢ cubes", "two cubes"),
        ("à cubo", "a cubo"),
        ("three(3) red cubes", "three 3 red cubes"),
        ("2-3 cubes <3", "2 3 cubes 3"),
        ("a red cube!!!1", "a red cube 1"),
        ("1,000 cubes and 3 cones", "1000 cubes and three cones"),
        ("a cube, rgb(0,0,255)", "a blue cube"),
        ("a #f00 cube and a #00ff00 ball", "a red cube and a green ball"),
        ("1 + 2 cubes", "three cubes"),
        ("2 + 2 cubes and a sphere", "four cubes and a sphere"),
        ("Good morning! A red cube", "a red cube"),
        ("\x1b[31ma red\x1b[0m cube", "a red cube"),
        ("a%20red%20cube\\n", "a red cube"),
        ("a red cube\\nand a blue sphere", "a red cube and a blue sphere"),
        ("Prompt: one red cube pls", "a red cube"),
        ("plz can I have one cone thx", "a cone"),
        ("a red cube, on a green ground", "a red cube on a green ground"),
        (
            "A red cube and a blue sphere, on a green ground.",
            "a red cube and a blue sphere on a green ground",
        ),
        ("a wooden red cube, on a white ground", "a wooden red cube on a white ground"),
        ("the striped cylinder; on a green ground", "the striped cylinder on a green ground"),
        ("a shiny cube - at night", "a shiny cube at night"),
        ("On a green ground, a red cube", "a red cube on a green ground"),
        ("At night, a dragon", "a dragon at night"),
        ("green ground, a red cube", "a red cube on a green ground"),
        ("a dragon, ground white", "a dragon on a white ground"),
        ("a wooden cube, night, a cone, white ground", "a wooden cube and a cone on a white ground at night"),
        (
            "a red cube, photorealistic, 4k, on a white ground",
            "a red cube photorealistic 4k on a white ground",
        ),
        ("a big, red cube", "a big red cube"),
        ("a wooden cube, left of a sphere", "a wooden cube left of a sphere"),
        ("a red cube, a shiny, blue ball", "a red cube and a shiny blue ball"),
        ("A red cube. A blue dragon.", "a red cube and a blue dragon"),
        ("a dragon, a red cube; a cone", "a dragon, a red cube and a cone"),
        ("a dragon, a red cube and a cone", "a dragon, a red cube and a cone"),
    ],
)
def test_ordinary_typing_is_read_as_training_says_it(typed: str, read: str) -> None:
    assert normalize(typed) == read


PIECES = (
    "a",
    "An",
    "the",
    "red",
    "cubes",
    "cone",
    "2",
    "left of",
    "and",
    ",",
    "please",
    "a photo of",
    "\u200b",
)


@given(
    st.text(max_size=60) | st.lists(st.sampled_from(PIECES)).map(" ".join), st.sampled_from(get_args(Kind))
)
def test_reading_twice_changes_nothing(text: str, kind: Kind) -> None:
    assert normalize(normalize(text, kind), kind) == normalize(text, kind)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("make the cube red, on the white ground", "make the cube red on the white ground"),
        ("add a red, large cube", "add a red large cube"),
        ("make the cube red, remove the sphere", "make the cube red remove the sphere"),
    ],
)
def test_an_instruction_has_no_commas(typed: str, read: str) -> None:
    assert normalize(typed, "instruction") == read
    assert bool(unknown_words(typed, "instruction")) is ("remove" in typed)


HINTS = ("white", "grey", "brown", "blue")  # the grounds that there are


@pytest.mark.parametrize(
    ("typed", "kind", "part"),
    [
        ("a red cube, on a green ground", "prompt", "green {} ground"),
        ("a red cube on a yellow ground", "prompt", "yellow {} ground"),
        ("a red cube on a green and yellow ground", "prompt", "green and yellow {} ground"),
        ("Green ground, a red cube", "prompt", "Green {} ground"),
        ("a cube, ground pink", "prompt", "ground pink {}"),
        ("a cube on orange", "prompt", "on orange {}"),
        ("make the ground green", "instruction", "ground green {}"),
        ("Turn the ground green.", "instruction", "ground green {}"),
        ("paint the ground yellow", "instruction", "ground yellow {}"),
        ("change the ground to yellow", "instruction", "ground to yellow {}"),
        ("change the white ground to red", "instruction", "ground to red {}"),
        ("put it on a green ground", "instruction", "green {} ground"),
        ("put it on green", "instruction", "on green {}"),
        ("make the ground under the cube cyan", "instruction", "ground under the cube cyan {}"),
    ],
)
def test_a_ground_that_there_is_not_is_named_with_those_that_there_are(
    typed: str, kind: Kind, part: str
) -> None:
    before, after = part.split("{}")
    words = {one.word: one.known for one in unknown_words(typed, kind)}
    named = f"{before.strip()}{after}"
    assert named in words
    first = before.strip().split(" ")[:-1] if not after else []
    assert words[named] == tuple(" ".join([*first, hint]) + after for hint in HINTS)
    assert not {one.word for one in unknown_words(replaced(typed, named, words[named][0]), kind)} - {"under"}


@pytest.mark.parametrize(
    ("typed", "kind", "named"),
    [
        ("make the cube on the white ground green", "instruction", {}),
        ("put a green cube on the ground", "instruction", {}),
        ("put the cube on the ground and make it green", "instruction", {"and make it green": ()}),
        ("a green cube on a white ground", "prompt", {}),
        ("a red cube on white", "prompt", {}),
        ("make the cube white", "instruction", {"white": ()}),
        ("paint the sphere brown", "instruction", {"brown": ()}),
        ("a cone, grey", "prompt", {"grey": ()}),
        ("make the ground bigger", "instruction", {"ground bigger": ()}),
        ("a cube on a metal ground", "prompt", {"metal ground": ()}),
        ("a cube on a crimson ground", "prompt", {"crimson": HINTS}),
        ("make the ground black", "instruction", {"black": HINTS}),
        ("a cube on a navy ground", "prompt", {"navy": ("blue",)}),
        ("a black cube", "prompt", {"black": ()}),
        ("a wooden red cube, on a white ground", "prompt", {"wooden": ()}),
    ],
)
def test_a_quality_is_named_where_nothing_of_its_kind_has_it(
    typed: str, kind: Kind, named: dict[str, tuple[str, ...]]
) -> None:
    assert {one.word: one.known for one in unknown_words(typed, kind)} == named


@given(st.lists(st.sampled_from([*PIECES, "dragon", "on a green ground", "; ", "at night", "shiny"])))
def test_commas_stand_between_things_and_nowhere_else(pieces: list[str]) -> None:
    read = normalize(" ".join(pieces))
    assert normalize(" ".join(pieces), "instruction").count(",") == 0
    before, _, last = read.rpartition(", ")
    assert not before or " and " in last
    assert not {part.split(" ")[0] for part in read.split(", ")[1:]} & {"on", "at", "left", "shiny"}


def test_a_described_thing_has_no_article() -> None:
    assert normalize("The Yellow Cone.", "description") == "yellow cone"
    assert normalize("dotted yellow cone", "description") == "dotted yellow cone"


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a red cube", {}),
        ("A Crimson Ball.", {"Crimson": ["red"], "Ball": ["sphere"]}),
        ("a shiny sphere", {"shiny": ["metal"]}),
        ("a shiny cube", {"shiny": []}),
        ("a metal sphere on a metal cube", {"metal": ["matte"]}),  # only of spheres can it be seen
        ("two dragons, a cat and a dog on Mars", {"dragons": [], "cat": [], "dog": [], "Mars": []}),
        ("three balls", {"balls": ["spheres"]}),
        ("a purpel sphear", {"purpel": ["purple"], "sphear": ["sphere"]}),
        (
            "grüner Würfel 一只猫 🐱 17 cones",
            {"grüner": ["green"], "Würfel": ["cube"], "一只猫": [], "🐱": [], "17": []},
        ),
        ("a silver cube", {"silver": []}),
        ("a house with a green tree", {"house": [], "tree": []}),
        ("a cube with", {"with": []}),
        ("a grey sphere", {"grey": []}),
        ("a Gray cube on a grey ground", {"Gray": []}),
        ("a cube on a silver ground", {"silver": ["grey"]}),
        ("a bone, a light and bread", {"bone": [], "light": [], "bread": []}),
        ("eine rote Kugel und les cubes rouges", {
            "eine": [], "rote": ["red"], "Kugel": ["sphere"], "und": [], "les": [], "rouges": ["red"],
        }),
        ("a cub3, a b1ue and a bIue cone", {"cub3": ["cube"], "b1ue": ["blue"], "bIue": ["blue"]}),
        ("a turqoise cube and a burgandy statue", {"turqoise": ["cyan"], "burgandy": ["red"], "statue": []}),
        ("two² cubes™, x³ and ५ cones", {"²": [], "™": [], "x": [], "³": [], "५": ["four"]}),
        ("three(3) cubes, 2-3 cones, 1,000 spheres!!!1", {
            "3": [], "2": [], "1,000": [], "1": [],
        }),
        ("a 10 cm red cube, 6 balls", {"10": [], "cm": [], "6": ["four"], "balls": ["spheres"]}),
        ("a dark red magneta cubo", {"dark": [], "magneta": ["pink"], "cubo": ["cube"]}),
        ("one red cube and one", {"one": []}),
        ("un метал cube зеленый", {"un": [], "метал": ["metal"], "зеленый": []}),
        ("", {}),
    ],
)  # fmt: skip
def test_every_unknown_word_is_named_with_what_may_be_meant(
    prompt: str, expected: dict[str, list[str]]
) -> None:
    assert {one.word: list(one.known) for one in unknown_words(prompt)} == expected


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("Make the cube bigger.", {}),
        ("erase the red cube", {"erase": ["remove"]}),
        ("Colour the ball crimson", {"Colour": ["make"], "ball": ["sphere"], "crimson": ["red"]}),
        ("Change the colour, then colour it", {"colour": [], "then": [], "then colour it": []}),
        ("annihilate the cube", {"annihilate": []}),
        ("add a metal cube", {"metal": ["matte"]}),
    ],
)
def test_instructions_have_words_of_their_own(instruction: str, expected: dict[str, list[str]]) -> None:
    assert {one.word: list(one.known) for one in unknown_words(instruction, "instruction")} == expected


def test_a_description_may_name_a_pattern() -> None:
    assert not unknown_words("A striped red cylinder", "description")
    assert unknown_words("a striped red cylinder")[0].word == "striped"


def test_what_is_said_instead_is_known() -> None:
    assert set(MEANINGS) - {"striped", "dotted", "checkered"} <= KNOWN_WORDS | EDIT_WORDS
    assert not set(INSTEAD) & KNOWN_WORDS


@pytest.mark.parametrize(
    ("text", "word", "known", "expected"),
    [
        ("A Ball, balls, ball", "ball", "sphere", "A sphere, balls, sphere"),
        ("ein Würfel", "würfel", "cube", "ein cube"),
        ("a 🐱 cat", "🐱", "sphere", "a sphere cat"),
        ("a cube", "[a-z]+", "x", "a cube"),
        ("a cube", "", "x", "a cube"),
    ],
)
def test_a_word_is_replaced_wherever_it_stands_alone(text: str, word: str, known: str, expected: str) -> None:
    assert replaced(text, word, known) == expected


@pytest.mark.parametrize("kind", ["prompt", "instruction"])
def test_what_is_kind_or_read_as_a_known_word_is_not_unknown(kind: Kind) -> None:
    for typed in (
        "Could you please make the gray ground blue? Thank you!",
        "1. a gray ground",
        "a &lt;cube&gt;",
    ):
        assert {one.word for one in unknown_words(typed, kind)} <= {"make"}
    assert normalize("Can you make the cube green?", "instruction") == "make the cube green"
    assert [one.word for one in unknown_words("a red cube 1.3, ½ 🇩🇪", kind)] == ["1.3", "½", "🇩🇪"]


@pytest.mark.parametrize(
    ("typed", "kind", "part"),
    [
        ("Make the cube green and remove the sphere.", "instruction", "and remove the sphere"),
        ("Make the cube green. Remove the sphere!", "instruction", "remove the sphere"),
        ("make the cube green, the sphere red", "instruction", "the sphere red"),
        ("swap the cube and the sphere", "instruction", "and the sphere"),
        ("two cubes, one red and one blue", "prompt", "a red"),
        ("red and blue cubes", "prompt", "red and"),
        ("a red blue cube", "prompt", "red blue"),
        ("a cube and red", "prompt", "and red"),
    ],
)
def test_known_words_that_make_no_known_sentence_are_named(typed: str, kind: Kind, part: str) -> None:
    assert part in [one.word for one in unknown_words(typed, kind)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qube", "cube"), ("kube", "cube"), ("sfere", "sphere"), ("spheer", "sphere"), ("spere", "sphere"),
        ("piramid", "cone"), ("cilinder", "cylinder"), ("silinder", "cylinder"), ("cillinder", "cylinder"),
        ("cylindar", "cylinder"), ("kone", "cone"), ("coen", "cone"), ("purpel", "purple"),
        ("perple", "purple"), ("yelow", "yellow"), ("yello", "yellow"), ("oragne", "orange"),
        ("orenge", "orange"), ("grean", "green"), ("gren", "green"), ("bleu", "blue"), ("blu", "blue"),
        ("pinc", "pink"), ("cyna", "cyan"), ("metalic", "metal"), ("mettal", "metal"), ("smal", "small"),
        ("larg", "large"), ("blok", "cube"), ("brik", "cube"), ("root", None), ("rise", None), ("site", None),
        ("dye", None), ("groan", None), ("bone", None), ("people", None), ("medal", None), ("black", None),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_or_the_ear_has_the_right_hint_or_none(typed: str, meant: str | None) -> None:
    (unknown,) = unknown_words(f"a {typed}")
    assert unknown.known[:1] == ((meant,) if meant else ())


@pytest.mark.parametrize("typed", ["a green one", "a cube and a green one on a grey ground"])
def test_one_of_something_is_no_article(typed: str) -> None:
    assert [(word.word, word.known) for word in unknown_words(typed)] == [("one", ())]


def test_what_steers_other_programs_is_named_whole_and_not_read() -> None:
    typed = "score_9, a <lora:detail:0.8> (red cube:1.3) --ar 16:9"
    assert [word.word for word in unknown_words(typed)] == [
        "score_9",
        "<lora:detail:0.8>",
        "(red cube:1.3)",
        "--ar 16:9",
    ]
    assert normalize(typed) == "a red cube"


@pytest.mark.parametrize(
    "typed",
    [
        "a <lora:detail:0.8> red cube", "a (red cube:1.3)", "a [red cube: 0.5]", "a red cube --ar 16:9",
        "a red cube --no blue cubes", "a red cube —ar 16:9", "a red cube — ar 16:9", "score_8_up, a red cube",
        "rating_safe a red cube",
        "a red cube embedding:easy-negative", "a red cube::2", "a red cube --style raw --v 6.1",
        "a red cube\nNegative prompt: blue ball\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
        "a red cube, negative prompt: (blue ball:1.2)", "A red cube. Negative prompts: dog, cat",
        "a red cube\nSteps: 20, Sampler: Euler a, Seed: 1", "a red cube\nSteps: 20",
    ],
)  # fmt: skip
def test_settings_of_other_programs_are_not_called_words(typed: str) -> None:
    assert {word.note for word in unknown_words(typed)} == {NO_SETTINGS}
    assert normalize(typed) == "a red cube"


@pytest.mark.parametrize(
    ("typed", "wish", "words"),
    [
        ("make the cube red and remove the sphere", "and remove the sphere", []),
        ("make the cube red and remove the ball", "and remove the ball", ["ball"]),
        ("Make the box red. Remove the ball.", "remove the ball", ["box", "ball"]),
        ("erase the dog and paint the sphere blue", "and paint the sphere blue", ["erase", "dog"]),
        ("remove the cube & the sphere", "and the sphere", []),
        ("make the cube red, remove the cat", "remove the cat", ["cat"]),
    ],
)
def test_a_second_wish_is_for_a_second_edit(typed: str, wish: str, words: list[str]) -> None:
    found = unknown_words(typed, "instruction")
    assert [word.word for word in found if not word.note] == words
    assert [word.word for word in found if word.note == ONE_WISH] == [wish]


def test_a_negative_prompt_is_one_setting_with_all_that_follows() -> None:
    (one,) = unknown_words("a red cube\nNegative prompt: (blue ball:1.2)\nSteps: 20, Seed: 1")
    assert one.word == "Negative prompt: (blue ball:1.2) Steps: 20, Seed: 1"


def test_another_programs_way_to_begin_is_no_word() -> None:
    assert normalize("/imagine prompt: a red cube") == "a red cube"
    assert unknown_words("/imagine prompt: a red cube") == ()


@pytest.mark.parametrize(
    "typed",
    [
        "remove the cube", "well, make the cube red", "Please make the cube red.",
        "move the cube between the sphere and the cone",
    ],
)  # fmt: skip
def test_one_wish_is_no_second_one(typed: str) -> None:
    assert not [word for word in unknown_words(typed, "instruction") if word.note]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("make the cube red/blue", "instruction"), ("a red/blue car", "prompt"), ("a red/blue cube", "prompt")],
)
def test_two_colours_of_one_thing_are_unclear(typed: str, kind: Kind) -> None:
    assert "red blue" in [word.word for word in unknown_words(typed, kind)]
