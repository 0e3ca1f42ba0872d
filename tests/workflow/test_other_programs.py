"""Files of other programs: each is named for what it is, and its prompt is found, whatever lies between."""

import io
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from lumina.errors import InvalidImage
from lumina.workflow.files import read_text
from lumina.workflow.other_programs import MAX_BYTES, other_file

WORDS = "a red cube, left of a blue sphere"
SAMPLER = {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["8", 0], "negative": ["7", 0]}}
CALLS = {
    "3": SAMPLER,
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["9", 0], "clip": ["4", 1]}},
    "7": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "blurry, and many other things that are unwanted"},
    },
    "8": {"class_type": "FluxGuidance", "inputs": {"conditioning": ["6", 0], "guidance": 3.5}},
    "9": {"class_type": "PrimitiveString", "inputs": {"value": WORDS}},
}
JOINED = CALLS | {
    "9": {
        "class_type": "StringConcatenate",
        "inputs": {"string_a": ["10", 0], "string_b": "left of a blue sphere", "delimiter": ", "},
    },
    "10": {
        "class_type": "StringConcatenate",
        "inputs": {"string_a": ["11", 0], "string_b": "cube", "delimiter": " "},
    },
    "11": {"class_type": "PrimitiveString", "inputs": {"value": "a red"}},
}
JOINED_ON_A_CANVAS = {
    "nodes": [
        {"id": 1, "type": "PrimitiveString", "widgets_values": ["a red cube"]},
        {
            "id": 2,
            "type": "StringConcatenate",
            "widgets_values": ["", "left of a blue sphere", ", "],
            "inputs": [{"name": "string_a", "link": 1}],
        },
        {"id": 3, "type": "CLIPTextEncode", "widgets_values": [""], "inputs": [{"name": "text", "link": 2}]},
        {"id": 4, "type": "KSampler", "inputs": [{"name": "positive", "link": 3}]},
    ],
    "links": [[1, 1, 0, 2, 0, "STRING"], [2, 2, 0, 3, 0, "STRING"], [3, 3, 0, 4, 0, "CONDITIONING"]],
}
PLACED = {
    "last_node_id": 9,
    "nodes": [
        {"id": 1, "type": "CLIPTextEncode", "mode": 4, "widgets_values": ["left out"]},
        {"id": 2, "type": "CLIPTextEncode", "widgets_values": ["ugly"]},
        {
            "id": 4,
            "type": "CLIPTextEncode",
            "widgets_values": [WORDS],
            "inputs": [{"name": "clip", "link": None}],
        },
        {"id": 5, "type": "Reroute", "inputs": [{"name": "", "link": 12}]},
        {
            "id": 3,
            "type": "KSampler",
            "inputs": [{"name": "negative", "link": 10}, {"name": "positive", "link": 11}],
            "widgets_values": [7, "randomize", 20, 8, "euler", "normal", 1],
        },
    ],
    "links": [[10, 2, 0, 3, 2, "CONDITIONING"], [11, 5, 0, 3, 1, "*"], [12, 4, 0, 5, 0, "CONDITIONING"]],
    "version": 0.4,
}
SUBGRAPH = {
    "nodes": [{"id": 1, "type": "1f-2e", "widgets_values": [WORDS, 512, 512]}],
    "links": [],
    "definitions": {"subgraphs": [{"id": "1f-2e", "nodes": [], "links": []}]},
}
INVOKED = {
    "nodes": {
        "pos": {"id": "positive_conditioning", "type": "compel", "prompt": WORDS},
        "neg": {
            "id": "negative_conditioning",
            "type": "compel",
            "prompt": "a much longer text that is not wanted",
        },
    },
    "edges": [],
}
INVOKE_CANVAS = {
    "nodes": [{"id": "1", "data": {"type": "compel", "inputs": {"prompt": {"value": WORDS}}}}],
    "edges": [],
}
PARAMETERS = f"{WORDS}\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, Seed: 7"


def png(**texts: str) -> bytes:
    """A PNG with these texts in tEXt chunks, as those programs write them."""
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text, zip=len(text) > 2000)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


@pytest.mark.parametrize(
    ("document", "program"),
    [
        (CALLS, "ComfyUI"),
        ({"prompt": CALLS, "client_id": "x"}, "ComfyUI"),
        (PLACED, "ComfyUI"),
        (SUBGRAPH, "ComfyUI"),
        (INVOKED, "InvokeAI"),
        (INVOKE_CANVAS, "InvokeAI"),
        ({"positive_prompt": WORDS, "app_version": "5.0"}, "InvokeAI"),
        (JOINED, "ComfyUI"),
        (JOINED_ON_A_CANVAS, "ComfyUI"),
    ],
)
def test_a_file_is_named_and_gives_its_positive_prompt(document: Any, program: str) -> None:
    found = other_file(json.dumps(document).encode())
    assert found is not None and (found.program, found.prompt) == (program, WORDS)
    assert found.sentence == f"This is a file of {program}; its prompt can be drawn here."


@pytest.mark.parametrize(
    ("texts", "program"),
    [
        ({"prompt": json.dumps(CALLS)[:-1] + ', "x": NaN}', "workflow": json.dumps(PLACED)}, "ComfyUI"),
        ({"workflow": json.dumps(PLACED | {"extra": "x" * 5000})}, "ComfyUI"),
        ({"invokeai_metadata": json.dumps({"positive_prompt": WORDS})}, "InvokeAI"),
        ({"invokeai_graph": json.dumps(INVOKED)}, "InvokeAI"),
        ({"parameters": PARAMETERS}, "Automatic1111"),
        ({"parameters": json.dumps({"prompt": WORDS})}, "Automatic1111"),
    ],
)
def test_a_picture_is_named_and_gives_its_positive_prompt(texts: dict[str, str], program: str) -> None:
    found = other_file(png(**texts))
    assert found is not None and found.prompt == WORDS
    assert found.sentence.startswith(f"This picture was made with {program}")
    with pytest.raises(InvalidImage, match="made with"):
        read_text(png(**texts))


def exif(kind: str, entries: dict[int, str], comment: bytes = b"") -> bytes:
    """A picture with these texts in its Exif data."""
    found = Image.Exif()
    found.update(entries)
    if comment:
        found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind, exif=found)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + PARAMETERS.encode("utf-16-be"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16-le"),
        b"UNICODE\0" + PARAMETERS.encode("utf-16"),
        b"ASCII\0\0\0" + PARAMETERS.encode(),
        bytes(8) + PARAMETERS.encode(),
    ],
)
def test_the_comment_of_a_jpeg_or_webp_gives_its_prompt(kind: str, comment: bytes) -> None:
    data = exif(kind, {}, comment)
    found = other_file(data)
    assert found is not None and found.prompt == WORDS and found.program.startswith("Automatic1111")
    with pytest.raises(InvalidImage, match="made with Automatic1111"):
        read_text(data)


def test_a_webp_of_comfyui_gives_its_prompt_and_a_photograph_none() -> None:
    entries = {
        ExifTags.Base.Make: f"workflow:{json.dumps(PLACED)}",
        ExifTags.Base.Model: f"prompt:{json.dumps(CALLS)}",
    }
    found = other_file(exif("WEBP", entries))
    assert found is not None and (found.program, found.prompt) == ("ComfyUI", WORDS)
    for data in (
        exif(
            "JPEG",
            {ExifTags.Base.Make: "A camera", ExifTags.Base.Model: "prompt: none"},
            b"ASCII\0\0\0at the sea",
        ),
        exif("JPEG", {}),
        exif("WEBP", {})[:40],
        b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0\xff\xff\xff\xff",
    ):
        assert other_file(data) is None


def test_what_is_ours_or_nobodys_is_not_named() -> None:
    ours = json.dumps({"lumina": 1, "nodes": {"a": {"task": "note", "inputs": {"text": WORDS}}}})
    for data in (ours.encode(), png(), png(prompt="a cone"), b"", b"[]", b"{", b'{"prompt": "a cone"}'):
        assert other_file(data) is None


def test_without_words_it_says_so() -> None:
    found = other_file(json.dumps({"3": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}).encode())
    assert found is not None and found.sentence == "This is a file of ComfyUI; no prompt was found in it."


def test_circles_bombs_and_depth_end() -> None:
    joined = {"class_type": "X", "inputs": {"string_a": ["1", 0], "string_b": ["1", 0]}}
    round_and_round = other_file(json.dumps({"1": joined, "3": {"inputs": {"positive": ["1", 0]}}}).encode())
    assert round_and_round is not None and round_and_round.prompt == ""
    circle = {"class_type": "X", "inputs": {"positive": ["1", 0], "conditioning": ["1", 0]}}
    assert other_file(json.dumps({"1": circle}).encode()) is not None
    bomb = b"prompt\0\0" + zlib.compress(b'{"a":' + b" " * (MAX_BYTES + 1))
    chunk = len(bomb).to_bytes(4, "big") + b"zTXt" + bomb + zlib.crc32(b"zTXt" + bomb).to_bytes(4, "big")
    data = png()
    assert other_file(data[:33] + chunk + data[33:]) is None
    assert other_file(b'{"a":' * 100_000) is None
    assert other_file(b'{"1": {"class_type": "X"}, "2": ' + b"9" * 5000 + b"}") is None
    assert other_file(b"{" + b" " * MAX_BYTES) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.sampled_from(["3", "6"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "class_type",
                    "inputs",
                    "positive",
                    "text",
                    "nodes",
                    "links",
                    "link",
                    "id",
                    "edges",
                    "data",
                    "3",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(
    st.dictionaries(
        st.sampled_from(["3", "6", "nodes", "links", "edges", "definitions", "prompt"]), json_values
    )
)
def test_any_object_is_named_or_not(document: dict[str, Any]) -> None:
    other_file(json.dumps(document).encode())
