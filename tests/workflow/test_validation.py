"""Every problem of a file at once, with its place and a fix; whatever the file says, nothing else happens."""

import gc
import json
import os
import random
import time
import timeit
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumina.model.config import MODELS, spec_of
from lumina.workflow.validation import MAX_PROBLEMS, check

MUTATIONS = int(os.environ.get("LUMINA_MUTATIONS", "400"))
DRAW = {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": 1}}


def found(document: Any) -> dict[str, dict[str, str]]:
    problems = check(json.dumps(document)).problems
    assert all(set(item) == {"pointer", "message", "fix"} and item["fix"] for item in problems)
    return {item["pointer"]: item for item in problems}


def nodes(**given: Any) -> dict[str, Any]:
    return {"lumina": 1, "nodes": given}


def draw(**inputs: Any) -> dict[str, Any]:
    return {"task": "text_to_image", "inputs": {"prompt": "a cone"} | inputs}


def test_six_mistakes_are_six_problems() -> None:
    assert list(found({
        "lumina": 1,
        "inputs": {"idea": {"type": "tekst"}},
        "nodes": {
            "a": {"task": "text_to_imge", "inputs": {}},
            "b": draw(width=-5),
            "c": draw(promt="a cube"),
            "d": draw(prompt={"from": "nowhere.image"}),
            "e": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.idea"}}, "note": 1},
        },
    })) == [
        "/inputs/idea/type", "/nodes/e/note", "/nodes/a/task", "/nodes/b/inputs/width",
        "/nodes/c/inputs/promt", "/nodes/d/inputs/prompt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("node", "pointer", "words"),
    [
        ({"task": "text_to_imge"}, "/task", 'did you mean "text_to_image"?'),
        ({"task": "fly"}, "/task", "use one of: text_to_image"),
        ({"task": "depth"}, "/task", 'use "predict" with "kind": "depth"'),
        ({"task": "img2img"}, "/task", 'did you mean "edit"?'),
        ({"task": "Text-to-image"}, "/task", 'write "text_to_image"'),
        (draw() | {"params": {}}, "/params", 'call it "inputs"'),
        (draw() | {"type": "x"}, "/type", 'call it "task"'),
        (draw(promt="a"), "/inputs/promt", 'did you mean "prompt"?'),
        (draw(_comment="a"), "/inputs/_comment", 'call it "x-comment" and put it beside "inputs"'),
        (draw(**{"x-note": 1}), "/inputs/x-note", 'call it "x-note" and put it beside "inputs"'),
        (draw(**{"//": 1}), "/inputs/~1~1", 'call it "x-note" and put it beside "inputs"'),
        (draw(Größe=1), "/inputs/Größe", 'call it "grosse"'),
        (draw(width=100_000), "/inputs/width", "at most 4,096"),
        (draw(width=[64, 31]), "/inputs/width/1", "multiple of 32"),
        (draw(seed=[]), "/inputs/seed", "is a list of 0 values"),
        (draw(seed=list(range(65))), "/inputs/seed", "65 entries"),
        (draw(prompt={"from": "b.imag"}), "/inputs/prompt", 'did you mean "b.image"?'),
        (draw(prompt={"from": "b.image"}), "/inputs/prompt", "takes the type text"),
        (draw(rerolls={"from": "inputs.idea"}), "/inputs/rerolls", "cannot be linked"),
        (draw(width={"from": "inputs.idea"}), "/inputs/width", "takes the type integer"),
        (draw(prompt={"from": "inputs.ida"}), "/inputs/prompt", 'did you mean "inputs.idea"?'),
        (draw(dtype={"from": "inputs.kind"}), "/inputs/dtype", 'may be given "float16"'),
        ({"task": "text_to_image"}, "/inputs/prompt", "is missing"),
        (draw() | {"mode": "off"}, "/mode", "must be 'run', 'mute' or 'bypass'"),
        (draw() | {"mode": "bypass"}, "/mode", "cannot be bypassed"),
        (draw(prompt=["a"] * 9, seed=list(range(9))), "", "9 of a.prompt × 9 of a.seed"),
    ],
)
def test_a_mistake_has_its_place_and_its_fix(node: dict[str, Any], pointer: str, words: str) -> None:
    document = nodes(a=node, b=DRAW) | {
        "inputs": {
            "idea": {"type": "text", "default": "a cone"},
            "kind": {"type": "choice", "choices": ["float32", "float16"], "default": "float32"},
        }
    }
    problems = found(document)
    assert list(problems) == ["/nodes/a" + pointer]
    problem = problems["/nodes/a" + pointer]
    assert words in f"{problem['message']}; {problem['fix']}"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"type": "integer", "default": "seven"}, "/default"),
        ({"type": "integer", "default": True}, "/default"),
        ({"type": "text", "default": ["a", 3]}, "/default"),
        ({"type": "choice", "choices": ["a"], "default": "b"}, "/default"),
        ({"type": "choice", "choices": [1]}, "/choices"),
        ({"type": "choice"}, "/choices"),
        ({"type": "image", "default": {"image": "../secret.png"}}, "/default"),
        ({"type": "image", "default": "http://example.com/a.png"}, "/default"),
    ],
)
def test_inputs_of_the_workflow_are_checked(given: dict[str, Any], pointer: str) -> None:
    assert list(found(nodes(a=DRAW) | {"inputs": {"i": given}})) == ["/inputs/i" + pointer]


@pytest.mark.parametrize(
    ("key", "kind", "default", "pointer"),
    [
        ("width", "integer", 7, "/inputs/i/default"),
        ("seed", "integer", [1, -1], "/inputs/i/default/1"),
        ("seed", "integer", 1e99, "/inputs/i/default"),
        ("guidance_scale", "number", -1, "/inputs/i/default"),
    ],
)
def test_what_an_input_fills_is_checked(key: str, kind: str, default: Any, pointer: str) -> None:
    node = draw(**{key: {"from": "inputs.i"}})
    inputs = {"i": {"type": kind, "default": default}}
    assert list(found(nodes(a=node, b=node) | {"inputs": inputs})) == [pointer]


def test_good_documents_have_no_problems() -> None:
    inputs = {
        "ideas": {"type": "text", "default": ["a cone", "a cube"]},
        "seed": {"type": "integer", "default": "random"},
        "scale": {"type": "integer", "default": 2},
        "photo": {"type": "image", "default": {"image": "two cubes.png"}},
    }
    links = {"prompt": "inputs.ideas", "seed": "inputs.seed", "guidance_scale": "inputs.scale"}
    node = draw(**{name: {"from": target} for name, target in links.items()}, width=[64, 96])
    assert found(nodes(a=node, b=draw() | {"mode": "mute"}) | {"inputs": inputs}) == {}


def test_a_circle_is_told_with_its_path() -> None:
    ring = {
        name: draw(prompt={"from": f"{other}.image"}) for name, other in (("a", "c"), ("b", "a"), ("c", "b"))
    }
    problems = found(nodes(**ring, d=draw(prompt={"from": "d.image"})))
    circles = [item["message"] for item in problems.values() if "circle" in item["message"]]
    assert len(circles) <= 2
    told = [item["message"] for item in check(json.dumps(nodes(**ring))).problems]
    assert any(
        path in message for message in told for path in ("a → b → c → a", "b → c → a → b", "c → a → b → c")
    )


def test_a_wrong_part_hides_nothing_else_and_causes_nothing_else() -> None:
    """Links to what was left out are no problems of their own."""
    document = nodes(
        a={"task": 3}, b=draw(prompt={"from": "a.image"}), c=draw(width=0, seed={"from": 7})
    ) | {"inputs": {"i": 3}, "outputs": {"x": {"from": "inputs.i"}, "y": {"from": "b.nothing"}}}  # fmt: skip
    assert set(found(document)) == {
        "/nodes/a/task", "/nodes/c/inputs/seed/from", "/inputs/i", "/nodes/c/inputs/width", "/outputs/y",
    }  # fmt: skip


def test_a_model_is_checked() -> None:
    assert list(found(nodes(a=DRAW) | {"model": "tabeltop@1"})) == ["/model"]
    spec = type(MODELS["tabletop"])(**{**vars(spec_of("tabletop")), "tasks": ("edit",)})
    assert [item["pointer"] for item in check(json.dumps(nodes(a=DRAW)), spec).problems] == ["/nodes/a/task"]


def test_unknown_nodes_are_kept_and_the_rest_is_checked() -> None:
    checked = check(json.dumps(nodes(a={"task": "dream", "inputs": {"x": [1]}}, b=draw(width=1), c=DRAW)))
    assert checked.workflow is not None and list(checked.workflow.nodes) == ["a", "b", "c"]
    assert [item["pointer"] for item in checked.problems] == ["/nodes/a/task", "/nodes/b/inputs/width"]


def seconds(text: str | bytes) -> float:
    """The best of three, in time of this process: others on the machine do not count."""
    check(text)
    times = []
    for _ in range(3):
        began = time.process_time()
        check(text)
        times.append(time.process_time() - began)
    return min(times)


def usual() -> float:
    """Seconds for 64 nodes in a row."""
    row = {f"n{i}": draw(seed={"from": f"n{i - 1}.image"}) for i in range(1, 64)}
    return seconds(json.dumps(nodes(n0=DRAW, **row)))


def test_a_chain_of_21_diamonds_is_checked_as_fast_as_a_row() -> None:
    chain = {"n0": DRAW}
    for i in range(21):
        link = {"from": f"n{3 * i}.image"}
        chain |= {f"n{3 * i + 1}": draw(prompt=link), f"n{3 * i + 2}": draw(prompt=link)}
        chain[f"n{3 * i + 3}"] = draw(
            prompt={"from": f"n{3 * i + 1}.image"}, seed={"from": f"n{3 * i + 2}.image"}
        )
    assert seconds(json.dumps(nodes(**chain))) < 3 * usual()


def test_a_million_nodes_are_refused_by_their_size() -> None:
    text = '{"lumina": 1, "nodes": {' + ",".join(f'"n{i}":{{}}' for i in range(1_000_000)) + "}}"
    assert "262,144" in check(text).problems[0]["fix"]
    assert seconds(text.encode()) < 3 * usual()


WORST: dict[str, Any] = {
    "inputs of one node": nodes(a={"task": "text_to_image", "inputs": {f"b{i}": 1 for i in range(20_000)}}),
    "unknown keys": nodes(a=DRAW) | {f"k{i}": 1 for i in range(20_000)},
    "keys of a node": nodes(a=DRAW | {f"k{i}": 1 for i in range(20_000)}),
    "a list": nodes(a=draw(prompt=["a"] * 40_000)),
    "pairs": nodes(a=draw(rerolls=[[1]] * 30_000)),
    "wrong names": nodes(**{
        f"A {i}": {"task": "x", "inputs": {f"b {j}": 1 for j in range(60)}} for i in range(64)
    }),
    "wrong links": nodes(**{
        f"a{i}": draw(**{f"b{j}": {"from": f"a{i + 1}.imag"} for j in range(60)}) for i in range(60)
    }),
    "lists": nodes(**{
        f"a{i}": draw(seed=list(range(64)), width=[32] * 64, top_k=[1] * 64) for i in range(64)
    }),
    "long lists": nodes(**{f"a{i}": draw(seed=list(range(100 * i, 100 * i + 64))) for i in range(64)}),
    "nothing there": nodes(**{f"a{i}": draw(prompt={"from": f"b{i}.imag"}) for i in range(64)}),
}  # fmt: skip


@pytest.mark.parametrize("name", WORST)
def test_the_worst_files_take_no_long_time(name: str) -> None:
    text = json.dumps(WORST[name])
    gc.collect()
    parsing = min(timeit.repeat(lambda: json.loads(text), number=1, repeat=3))
    assert seconds(text) < 2000 * parsing + 0.005
    assert len(check(text).problems) <= MAX_PROBLEMS + 1


def mutated(text: str, rng: random.Random) -> bytes:
    """A file with a few changes: bytes changed, cut out, doubled, or values of the JSON exchanged."""
    data = bytearray(text.encode())
    for _ in range(rng.choice((1, 1, 2, 4))):
        place, length = rng.randrange(len(data)), rng.choice((1, 1, 3, 20))
        part = bytes(data[place : place + length])
        wilds = (
            b"",
            part * 2,
            bytes(rng.randrange(256) for _ in part),
            b"null",
            b"[]",
            b"{}",
            b'"from"',
            b"-1e9",
            b"\\ud800",
        )
        data[place : place + length] = rng.choice(wilds)
        data = data or bytearray(b" ")
    return bytes(data)


def rearranged(value: Any, rng: random.Random) -> Any:
    """The same document with values exchanged for others, somewhere."""
    odd: tuple[Any, ...] = (
        None, True, -1, 1e300, "", "x" * 300, [], {}, {"from": "draft.image"}, {"from": 1}, [[1]],
        {"image": "../a.png"}, "random", [1, "a"], {"from": "inputs.idea"},
    )  # fmt: skip
    if rng.random() < 0.05:
        return rng.choice(odd)
    if isinstance(value, dict):
        items = [(key, rearranged(item, rng)) for key, item in value.items()]
        return dict(rng.sample(items, len(items))[rng.random() < 0.1 :])
    return [rearranged(item, rng) for item in value] if isinstance(value, list) else value


SEEDLING = {
    "lumina": 1, "title": "Winter table", "model": "tabletop",
    "inputs": {
        "idea": {"type": "text", "default": "a red cube"}, "many": {"type": "integer", "default": [1, 2]},
    },
    "nodes": {
        "draft": draw(prompt={"from": "inputs.idea"}, seed={"from": "inputs.many"}, rerolls=[[4, 9]]),
        "again": draw(prompt=["two", "words"], seed="random", width=128, height=96, dtype="float32"),
        "depth": {"task": "predict", "inputs": {"image": {"from": "draft.image"}, "kind": "depth"}},
        "redo": {"task": "control", "inputs": {"condition": {"from": "depth.image"}, "prompt": "b"}},
        "lost": {"task": "dream", "inputs": {"a": {"from": "redo.image"}}, "x-n": 1},
    },
    "outputs": {"picture": {"from": "redo.image"}, "other": {"from": "again.image"}},
    "layout": {"draft": [0, 0.5]}, "x-editor": {"zoom": [1]},
}  # fmt: skip


def test_changed_files_are_read_or_refused_and_nothing_else() -> None:
    """The full count is run with LUMINA_MUTATIONS=10000."""
    rng, text, slowest = random.Random(7), json.dumps(SEEDLING), 0.0
    for number in range(MUTATIONS):
        changed = mutated(text, rng) if number % 2 else json.dumps(rearranged(SEEDLING, rng)).encode()
        began = time.process_time()
        problems = check(changed).problems
        slowest = max(slowest, time.process_time() - began)
        assert all(item["message"] and item["fix"] for item in problems)
    assert slowest < 0.05


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just({"from": "a.image"}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*SEEDLING, "x-a", "other"]), json_values), json_values)
@settings(max_examples=MUTATIONS // 2)
def test_any_document_is_read_or_refused(values: dict[str, Any], inputs: Any) -> None:
    document = SEEDLING | values
    if isinstance(document["nodes"], dict):
        document["nodes"] = {**document["nodes"], "b": {"task": "text_to_image", "inputs": inputs}}
    found(document)


COMFY = {"class_type": "KSampler", "inputs": {"seed": 1, "model": ["4", 0]}}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"3": COMFY, "4": COMFY}, "one of ComfyUI"),
        ({"last_node_id": 3, "nodes": [{"id": 3}], "links": [], "version": 0.4}, "one of ComfyUI"),
        ({"name": "x", "version": "1.0.0", "dependencies": {}}, "not one of Lumina Studio"),
        ({"prompt": "a red cube"}, "not one of Lumina Studio"),
    ],
)
def test_a_file_of_another_program_is_one_problem(document: Any, words: str) -> None:
    problems = found(document)
    assert list(problems) == [""] and words in problems[""]["message"]


def test_a_link_of_a_wrong_form_is_not_missing_too() -> None:
    night = {"task": "edit", "inputs": {"image": {"from": "a"}, "instruction": "make it night"}}
    assert list(found(nodes(a=draw(), b=night))) == ["/nodes/b/inputs/image/from"]


def test_no_sentence_has_a_stop_inside() -> None:
    item = found(nodes(a=draw(prompt=["a cone"] * 8, seed=list(range(9)))))["/nodes/a"]
    assert not item["message"].endswith(".")


def test_a_text_written_like_a_link_is_told_how_to_be_one() -> None:
    predict = {"task": "predict", "inputs": {"image": "a.image", "kind": "depth"}}
    assert found(nodes(a=draw(), b=predict))["/nodes/b/inputs/image"]["fix"] == 'write {"from": "a.image"}'
    document = nodes(a=draw(seed="inputs.number")) | {"inputs": {"number": {"type": "integer", "default": 1}}}
    assert found(document)["/nodes/a/inputs/seed"]["fix"] == 'write {"from": "inputs.number"}'
    assert "from" not in found(nodes(b=predict))["/nodes/b/inputs/image"]["fix"]


IDEA, PICTURE = "inputs.idea", "a.image"


@pytest.mark.parametrize(
    ("key", "value", "target"),
    [
        ("image", ["a", 0], PICTURE),
        ("image", ["a", "image"], PICTURE),
        ("image", "a", PICTURE),
        ("image", "a.image", PICTURE),
        ("image", "{{a.image}}", PICTURE),
        ("image", "${a.outputs.image}", PICTURE),
        ("image", "{{ nodes.a.result }}", PICTURE),
        ("image", {"from": "a", "output": "image"}, PICTURE),
        ("image", {"node": "a", "output": 0}, PICTURE),
        ("image", {"image": "{{a.image}}"}, PICTURE),
        ("image", {"$ref": "#/nodes/a/outputs/image"}, PICTURE),
        ("instruction", {"$ref": "inputs.idea"}, IDEA),
        ("instruction", {"input": "idea"}, IDEA),
        ("instruction", ["inputs", 0], None),
        ("instruction", "{{idea}}", IDEA),
        ("instruction", "{idea}", IDEA),
        ("instruction", "$idea", IDEA),
        ("instruction", "${inputs.idea}", IDEA),
        ("instruction", "inputs.idea", IDEA),
        ("instruction", "idea", ""),
        ("instruction", "make {{idea}} red", ""),
        ("instruction", "{{other}}", ""),
        ("instruction", ["a", "image"], ""),
        ("seed", "number", "inputs.number"),
        ("seed", "{{number}}", "inputs.number"),
    ],
)
def test_links_in_the_ways_of_others_are_told_how_to_be_written(key: str, value: Any, target: str) -> None:
    edit = {"image": {"from": "a.image"}, "instruction": "make it night", key: value}
    inputs = {"idea": {"type": "text", "default": "night"}, "number": {"type": "integer", "default": 1}}
    said = found(nodes(a=draw(), b={"task": "edit", "inputs": edit}) | {"inputs": inputs})
    if target is None:
        assert said and not any("is no link" in item["message"] for item in said.values())
        return
    wanted = {f"/nodes/b/inputs/{key}": f'write {{"from": "{target}"}}'} if target else {}
    assert {pointer: item["fix"] for pointer, item in said.items()} == wanted


@pytest.mark.parametrize(
    ("changed", "pointer", "fix"),
    [
        ({"name": "Edges"}, "/name", 'call it "title"'),
        ({"steps": []}, "/steps", 'call it "nodes"'),
        (
            {"edges": []},
            "/edges",
            'write each link into an input of the node that it leads to: {"from": "NODE.OUTPUT"}',
        ),
        ({"outputs": ["a"]}, "/outputs", 'write {"NAME": {"from": "NODE.OUTPUT"}}'),
        ({"nodes": []}, "/nodes", 'write {"NAME": {"task": …, "inputs": {…}}}, each below its name'),
        ({"inputs": {"idea": "a cone"}}, "/inputs/idea", 'write {"type": "text", "default": …}'),
        ({"inputs": {"count": {"type": "int"}}}, "/inputs/count/type", 'write "integer"'),
        ({"inputs": {"look": {"type": "text", "options": []}}}, "/inputs/look/options", 'call it "choices"'),
    ],
)
def test_what_others_write_otherwise_is_told_how_to_be_written(changed: Any, pointer: str, fix: str) -> None:
    assert found(nodes(a=draw()) | changed)[pointer]["fix"] == fix


def test_a_link_to_a_node_whose_task_is_wrong_is_told_how_to_be_written() -> None:
    edit = {"task": "edit", "inputs": {"image": "a", "instruction": "make it blue"}}
    told = found(nodes(a={"task": "text-to-image"}, b=edit))
    assert told["/nodes/b/inputs/image"]["fix"] == 'write {"from": "a.image"}'


@pytest.mark.parametrize(
    "value", ["a.image", "a", ["a", 0], "{{a.image}}", {"node": "a", "output": "image"}, {"from": "a"}]
)
def test_outputs_in_the_ways_of_others_are_told_how_to_be_written(value: Any) -> None:
    (item,) = found(nodes(a=draw()) | {"outputs": {"picture": value}}).values()
    assert (item["pointer"], item["fix"]) == ("/outputs/picture", 'write {"from": "a.image"}')


def test_an_input_that_no_slot_of_a_text_names_is_told_how_to_become_one() -> None:
    template = {"task": "prompt_template", "inputs": {"template": "a {Colour} cube", "colour": "red"}}
    fix = found(nodes(a=template))["/nodes/a/inputs/colour"]["fix"]
    assert fix == "write {colour} in the text where it belongs"
