"""Words as people type them, in any script, and their plain form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina.worlds.language import latin, plain, tokens, typed_wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a red cube", ["a", "red", "cube"]),
        ("Grüner Würfel!", ["Grüner", "Würfel"]),
        ("一只猫 и кошка, חתול שָׁלוֹם", ["一只猫", "и", "кошка", "חתול", "שָׁלוֹם"]),
        ("हिन्दी 5 cubes", ["हिन्दी", "5", "cubes"]),
        ("the cube's left-of", ["the", "cube's", "left", "of"]),
        ("a cat 🐱 👍🏽 ❤️!", ["a", "cat", "🐱", "👍🏽", "❤️"]),
        ("👨\u200d👩\u200d👧 and 🇩🇪🇫🇷", ["👨\u200d👩\u200d👧", "and", "🇩🇪", "🇫🇷"]),
        ("1.5 or 1/2 &amp; ½ <b>red</b>", ["1.5", "or", "1/2", "½", "red"]),
        ("", []),
        ("…?!", []),
        ("cube² m³ x™ ⓡⓔⓓ", ["cube", "²", "m", "³", "x", "™", "ⓡⓔⓓ"]),
    ],
)
def test_a_word_is_a_word_in_every_script(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A Red Cube.", "a\u00a0red\tcube", "a red\n\ncube\r\n", "“a red cube”", "‘a red cube’…",
        "\ufeffa red cube", "a re\u00add cube", "a red\u200bcube", "a red \u200b cube", "A RED CUBE!!!",
        "ａ ｒｅｄ ｃｕｂｅ", "a red cube ✨🎉", "a red-cube", "  a   red cube ,", "(a red cube)",
        "a \u202ered\u202c cube", "a red cube؟", "*a red cube*", "a red cube\u3000。", "<a red cube>",
        "a_red_cube", "<b>a red</b> cube<br/>", "a&nbsp;red&#32;cube", '<p class="x">a red cube</p>',
        "1. a red cube", "  2) a red cube", "a **red** cube", "`a` __red__ ~~cube~~", "***a red cube***",
    ],
)  # fmt: skip
def test_ordinary_typing_is_one_plain_sentence(text: str) -> None:
    assert plain(text, {"a", "red", "cube"}.__contains__) == "a red cube"


def test_the_commas_of_a_list_stay() -> None:
    assert plain("A cube , a cone, and a sphere.", lambda word: False) == "a cube, a cone and a sphere"


SIGNS = "réd cubeсеоİıΑρ²™ⓡ\u0301\u0336\u200b٢ａ'’,."


@given(st.text(max_size=60) | st.text(SIGNS, max_size=30), st.sampled_from([(), ("a", "red", "cube")]))
def test_plain_is_plain(text: str, known: tuple[str, ...]) -> None:
    once = plain(text, known.__contains__)
    assert plain(once, known.__contains__) == once


def test_a_word_is_read_as_it_looks_only_where_that_is_a_known_one() -> None:
    assert plain("Réd сön cöne", {"red"}.__contains__) == "red сön cöne"
    assert plain("Réd", {"réd", "red"}.__contains__) == "réd"
    assert [latin(word) for word in ("Cübe", "СUВE", "ＰİNＫ", "Łódź", "猫")] == [
        "cube", "cube", "pink", "lodz", "猫",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("purpel", "purple", True), ("sphear", "sphere", True), ("cub", "cube", True),
        ("yelow", "yellow", True), ("cude", "cube", True), ("cute", "cube", False), ("crap", "crab", False),
        ("bone", "cone", False), ("bread", "red", False), ("light", "night", False), ("pine", "pink", False),
        ("marble", "matte", False), ("dragon", "orange", False), ("", "red", False), ("ed", "red", False),
        ("cubr", "cube", True), ("cubp", "cube", False), ("aphere", "sphere", True),
        ("kphere", "sphere", False),
    ],
)  # fmt: skip
def test_a_slip_begins_alike_and_is_near(word: str, known: str, expected: bool) -> None:
    assert typed_wrong(word, known) is expected
