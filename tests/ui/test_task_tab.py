"""A tab of a task: what it takes over from other tabs."""

from typing import Any

import gradio as gr
import pytest

from lumina.ui.task_tab import kind_of

SKIP = gr.skip()


@pytest.mark.parametrize(
    ("present", "brought", "expected"),
    [
        ("canny", "depth", ("depth", False)),
        ("depth", "canny", ("canny", False)),
        ("depth", "picture", ("canny", True)),
        ("scribble", "picture", ("scribble", True)),
        ("depth", "", (SKIP, SKIP)),
        ("depth", None, (SKIP, SKIP)),
    ],
)
def test_a_map_comes_with_its_kind_and_of_a_picture_it_is_made(
    present: str, brought: Any, expected: tuple[Any, Any]
) -> None:
    assert kind_of(present, gr.EventData(None, {"kind": brought})) == expected
