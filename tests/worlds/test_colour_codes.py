"""Colours in figures have the name that a person would give them; what only looks like one stays."""

import pytest

from lumina.worlds.colour_codes import with_names


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("#f00", "red"), ("#00FF00", "green"), ("#00f", "blue"), ("#ffd700", "yellow"), ("#ffa500", "orange"),
        ("#8b4513", "brown"), ("#ffc0cb", "pink"), ("#ff00ff", "pink"), ("#800080", "purple"),
        ("#8a2be2", "purple"), ("#008080", "cyan"), ("#000080", "blue"), ("#fff", "white"), ("#000", "black"),
        ("#808080", "grey"), ("rgb(0,0,255)", "blue"), ("rgb(255 0 0 / 50%)", "red"),
        ("rgba(0, 128, 0, 0.5)", "green"), ("rgb(100%, 100%, 0%)", "yellow"), ("hsl(240, 100%, 50%)", "blue"),
        ("hsl(0deg 100% 50%)", "red"), ("RGB( 255, 255, 255 )", "white"),
    ],
)  # fmt: skip
def test_a_code_has_a_name(code: str, name: str) -> None:
    assert with_names(f"a {code} cube, {code}.") == f"a {name} cube, {name}."


@pytest.mark.parametrize(
    "text", ["#3", "#123", "#add", "#cafe", "#facade", "page#f00", "&#128512;", "rgb(1,2)", "#f00-ish", "rgb"]
)
def test_what_only_looks_like_a_code_stays(text: str) -> None:
    assert with_names(text) == text
