"""Names files of other programs for what they are, and finds the prompt in them."""

import io
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import ExifTags, Image

from lumina.images import RECIPE_KEY, png_texts
from lumina.tasks.fields import MAX_TEXT
from lumina.workflow.parsing import MAX_DEPTH, is_deeper

MAX_BYTES = 2 * 2**20  # of a file, or of a text in a picture
_EXIF_FILES = (b"\xff\xd8\xff", b"RIFF", b"\0\0\0")  # JPEG, WebP, AVIF
MOST_STEPS = 2000  # from a sampler back to its words

COMFY, INVOKE = "ComfyUI", "InvokeAI"
A1111 = "Automatic1111, or a program that writes as it does"
KEYS = ("prompt", "workflow", "invokeai_metadata", "invokeai_graph", "invokeai_workflow", "parameters")

_SETTINGS = re.compile(r"^(Negative prompt:|Steps: *\d)", re.MULTILINE)
_TEXTS = (
    "text",
    "prompt",
    "positive_prompt",
    "text_g",
    "t5xxl",
    "string",
    "value",
    "text_l",
    "clip_l",
    "clip_g",
)
_NOT_WORDS = ("negative", "model", "vae", "clip", "latent", "image", "mask", "control_net", "pixels", "unet")
_SPEAKS = re.compile(r"text|prompt|string|primitive", re.IGNORECASE)
_PART = re.compile(r"(?:string|text)_?[a-d1-4]")  # what a node joins, by their names
_CONCATENATE = (
    "string_a",
    "string_b",
    "delimiter",
)  # what ComfyUI's own one has written in it, in this order
MOST_JOINED, MOST_PARTS = 3, 8  # nodes that join what nodes have joined, and parts of each

Nodes = dict[
    str, dict[str, Any]
]  # by id, the inputs of a node: words, or [id, output] of where they come from


@dataclass(frozen=True)
class OtherFile:
    """A file of another program, and the positive prompt in it; empty if none was found."""

    program: str
    prompt: str
    is_picture: bool = False

    @property
    def sentence(self) -> str:
        """What it is, and what can be done with it."""
        return self.said("can be drawn here")

    def said(self, done: str) -> str:
        """What it is, and what is ``done`` with its prompt if it has one."""
        what = "picture was made with" if self.is_picture else "is a file of"
        rest = f"its prompt {done}." if self.prompt else "no prompt was found in it."
        return f"This {what} {self.program}; {rest}"


def other_file(data: bytes) -> OtherFile | None:
    """What a file of another program is; None for any other, a picture that carries a recipe among them."""
    texts = png_texts(data, (RECIPE_KEY, *KEYS), MAX_BYTES) or _exif_texts(data)
    if RECIPE_KEY in texts:
        return None
    found = list(_in_picture(texts)) if texts else list(of_document(_json(data)))
    return next((each for each in found if each.prompt), found[0] if found else None)


def _exif_texts(data: bytes) -> dict[str, str]:
    """The texts in the Exif data of a JPEG or WebP, by the key that a PNG would have them under.

    Automatic1111 writes a UserComment (with its encoding in 8 bytes before it), ComfyUI ``prompt:{…}`` and
    ``workflow:{…}`` in Make, Model and the like.
    """
    if not data.startswith(_EXIF_FILES):
        return {}
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "WEBP", "AVIF"]) as picture:
            exif = picture.getexif()
            comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
            values = [value for value in exif.values() if isinstance(value, str | bytes)]
    except (OSError, ValueError, SyntaxError, KeyError, struct.error, Image.DecompressionBombError):
        return {}
    pairs = (_text_of(value).partition(":") for value in values if len(value) <= MAX_BYTES)
    found = {key.lower(): text for key, _, text in pairs if key.lower() in ("prompt", "workflow")}
    words = _commented(comment) if isinstance(comment, str | bytes) and len(comment) <= MAX_BYTES else ""
    has_form = _SETTINGS.search(words) or _json(words) is not None
    return found or ({"parameters": words} if has_form else {})


def _text_of(value: str | bytes) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return text.strip("\0")


def _commented(comment: str | bytes) -> str:
    """A UserComment: eight bytes for its encoding, then the text; UTF-16 in either order of bytes."""
    if isinstance(comment, str):
        return comment.strip("\0")
    kind, text = comment[:8].rstrip(b"\0 "), comment[8:]
    if kind != b"UNICODE":
        return (text if kind in (b"ASCII", b"") else comment).decode("utf-8", "replace").strip("\0")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return text.decode("utf-16", "replace").strip("\0")
    is_little = text[1::2].count(0) > text[::2].count(0)
    return text.decode("utf-16-le" if is_little else "utf-16-be", "replace").strip("\0")


def _in_picture(texts: Mapping[str, str]) -> Iterator[OtherFile]:
    for key, text in texts.items():
        if key == "parameters":
            yield OtherFile(A1111, _prompt(_before_settings(text)), is_picture=True)
            continue
        for each in of_document(_json(text)):
            yield replace(each, is_picture=True)


def _before_settings(text: str) -> str:
    """The words that Automatic1111 writes before its settings; some that write like it use JSON."""
    if (values := _json(text)) is not None:
        return _words(values, "prompt")
    return _SETTINGS.split(text, maxsplit=1)[0]


def _json(text: str | bytes) -> Any:
    """The object in a text; None if there is none that is small and flat enough."""
    try:
        plain = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
        if len(plain) > MAX_BYTES or not plain.lstrip("\ufeff \t\r\n").startswith("{"):
            return None
        values = json.loads(plain.lstrip("\ufeff"), parse_constant=lambda _: None)  # ComfyUI writes NaN
    except (ValueError, RecursionError):
        return None
    return None if is_deeper(values, MAX_DEPTH) else values


def of_document(values: Any) -> Iterator[OtherFile]:
    """What an object is, by its form; nothing of ours has one of these."""
    if not isinstance(values, dict) or "lumina" in values:
        return
    nodes, wires = values.get("nodes"), values.get("edges")
    asked = values.get("prompt")  # as ComfyUI is sent it
    calls = asked if isinstance(asked, dict) else values
    if any(isinstance(node, dict) and "class_type" in node for node in calls.values()):
        yield OtherFile(COMFY, _prompt(_spoken(_called(calls))))
    elif isinstance(nodes, list) and "links" in values:
        yield OtherFile(COMFY, _prompt(_spoken_in(values)))
    elif isinstance(nodes, list | dict) and isinstance(wires, list):
        yield OtherFile(INVOKE, _prompt(_invoked(nodes)))
    elif "positive_prompt" in values:
        yield OtherFile(INVOKE, _prompt(_words(values, "positive_prompt")))


def _called(calls: Mapping[str, Any]) -> Nodes:
    """The nodes of a workflow of ComfyUI as it is run."""
    found = {key: node.get("inputs") for key, node in calls.items() if isinstance(node, dict)}
    return {key: inputs for key, inputs in found.items() if isinstance(inputs, dict)}


def _spoken_in(values: Mapping[str, Any]) -> str:
    """The words of a workflow of ComfyUI as its canvas has it, or of one that is a node of it."""
    inner = values.get("definitions")
    inner = inner.get("subgraphs") if isinstance(inner, dict) else []
    inner = [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []
    for each in (values, *inner):
        if words := _spoken(_placed(each, [str(other.get("id")) for other in inner])):
            return words
    return ""


def _placed(values: Mapping[str, Any], kinds: list[str]) -> Nodes:
    """The nodes of a workflow of ComfyUI's canvas; those that are left out there are left out.

    ``kinds`` of nodes are workflows themselves, and may have their words written on them.
    """
    nodes, links = values.get("nodes"), values.get("links")
    pairs = [_link(link) for link in links] if isinstance(links, list) else []
    ends = {pair[0]: pair[1] for pair in pairs if pair}
    found: Nodes = {}
    for node in nodes if isinstance(nodes, list) else []:
        if not isinstance(node, dict) or node.get("mode") in (2, 4):
            continue
        slots = node.get("inputs")
        slots = slots if isinstance(slots, list) else []
        wired = [slot for slot in slots if isinstance(slot, dict) and str(slot.get("link")) in ends]
        inputs = {str(slot.get("name")): [ends[str(slot["link"])], 0] for slot in wired}
        found[str(node.get("id"))] = _written(node, kinds) | inputs
    return found


def _link(link: Any) -> tuple[str, str] | None:
    """The id of a link and of the node that it comes from, in the older form or the newer."""
    if isinstance(link, list) and len(link) >= 4:
        return str(link[0]), str(link[1])
    if isinstance(link, dict) and "origin_id" in link:
        return str(link.get("id")), str(link["origin_id"])
    return None


def _written(node: Mapping[str, Any], kinds: list[str]) -> dict[str, Any]:
    """The words that are written in a node; ComfyUI's canvas does not say which field they stand in."""
    values, kind = node.get("widgets_values"), str(node.get("type"))
    if isinstance(values, dict):
        return {key: value for key, value in values.items() if key in _TEXTS}
    if not isinstance(values, list) or not (_SPEAKS.search(kind) or kind in kinds):
        return {}
    if kind == "StringConcatenate":
        return dict(zip(_CONCATENATE, values, strict=False))
    words = [value for value in values if isinstance(value, str) and value.strip()]
    return {"text": words[0]} if words else {}


def _spoken(nodes: Nodes) -> str:
    """The words that a sampler is given; without one, the longest there are that nothing turns away from."""
    for key in ("positive", "conditioning"):
        for inputs in nodes.values():
            if words := _back(nodes, inputs.get(key)):
                return words
    against = {_back(nodes, inputs.get("negative")) for inputs in nodes.values()}
    said = {_own(inputs) for inputs in nodes.values()} - against
    return max(said, key=len, default="")


def _back(nodes: Nodes, link: Any, most_joined: int = MOST_JOINED) -> str:
    """The words that an input comes from, through whatever lies between."""
    pending, seen = [_source(link)], set[str]()
    while pending and len(seen) < MOST_STEPS:
        key = pending.pop()
        if key in seen or key not in nodes:
            continue
        seen.add(key)
        inputs = nodes[key]
        if words := _joined(nodes, inputs, most_joined) or _own(inputs):
            return words
        ways = [value for name, value in inputs.items() if not name.lower().startswith(_NOT_WORDS)]
        pending += reversed([_source(value) for value in ways])
    return ""


def _joined(nodes: Nodes, inputs: Mapping[str, Any], most: int) -> str:
    """What a node puts together of its parts; empty for a node that joins nothing."""
    names = sorted(name for name in inputs if _PART.fullmatch(name))[:MOST_PARTS]
    if len(names) < 2 or not most:
        return ""
    parts = (_words(inputs, name) or _back(nodes, inputs[name], most - 1) for name in names)
    return _words(inputs, "delimiter").join(filter(None, parts))


def _own(inputs: Mapping[str, Any]) -> str:
    return next((words for name in _TEXTS if (words := _words(inputs, name)).strip()), "")


def _source(link: Any) -> str:
    return str(link[0]) if isinstance(link, list) and len(link) == 2 else ""


def _invoked(nodes: list[Any] | dict[str, Any]) -> str:
    """The longest words in the nodes of InvokeAI that speak and are not called negative."""
    found = [""]
    for node in nodes if isinstance(nodes, list) else nodes.values():
        if isinstance(node, dict):
            data = node["data"] if isinstance(node.get("data"), dict) else node
            title = f"{node.get('id')} {data.get('id')} {data.get('label')}".lower()
            if not re.search(r"negative|neg_", title):
                found += _said(data)
    return max(found, key=len)


def _said(node: Mapping[str, Any]) -> Iterator[str]:
    """The words in a node of InvokeAI, as it is run or as its canvas has it."""
    inputs = node["inputs"] if isinstance(node.get("inputs"), dict) else node
    for name in ("prompt", "value") if node.get("type") == "string" else ("prompt",):
        field = inputs.get(name)
        yield _words(field, "value") if isinstance(field, dict) else _words(inputs, name)


def _words(values: Any, name: str) -> str:
    words = values.get(name) if isinstance(values, dict) else ""
    return words if isinstance(words, str) else ""


def _prompt(words: str) -> str:
    """Words as a prompt here takes them, without signs that cannot be seen."""
    plain = "".join(sign for sign in words if sign.isprintable() or sign in "\n\t")
    return " ".join(plain.split())[:MAX_TEXT]
