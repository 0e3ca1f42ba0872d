"""What programs call: files in and out, every parameter named, one sentence for what is wrong, cancelling."""

import base64
import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from lumina import images
from lumina.errors import InvalidImage
from lumina.tasks.image_input import ImageInput
from lumina.ui.uploaded_files import file_sent
from lumina.workflow.schema import load, task_of
from tests.odd_pictures import PICTURES
from tests.serving import ROOT, served

TASKS = ("text_to_image", "edit", "image_pair")
PNG = images.png_bytes(Image.new("RGB", (64, 48), "red"))  # far under 1 KB
BASE64 = base64.b64encode(PNG).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0").decode()  # begins with a slash, as every JPEG


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        served(0, tmp_path_factory.mktemp("studio"), TASKS) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def client(studio: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(str(studio.base_url), verbose=False, download_files=tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(0.5, tmp_path_factory.mktemp("slow")) as address:
        yield address


def call(studio: httpx.Client, endpoint: str = "text_to_image", **inputs: Any) -> tuple[str, Any]:
    """The last event of a call and its data, as a program gets them: two requests, by name."""
    route, body = f"/gradio_api/call/v2/{endpoint}", json.dumps(inputs)  # which writes NaN, too
    begun = studio.post(route, content=body, headers={"content-type": "application/json"})
    number = begun.raise_for_status().json()["event_id"]
    answer = studio.get(f"{route}/{number}").raise_for_status().text
    event, data = re.findall(r"event: (\w+)\ndata: (.*)", answer)[-1]
    return event, json.loads(data)


def test_everything_has_a_name_and_a_description(studio: httpx.Client) -> None:
    named = studio.get("/gradio_api/info").json()["named_endpoints"]
    assert list(named) == ["/text_to_image", "/image_pair", "/edit", "/run_workflow"]
    for each in named.values():
        assert each["description"]
        for one in each["parameters"] + each["returns"]:
            assert not re.match(r"\d", one["label"]) and one["type"]["description"]
        assert all(one["python_type"]["description"] for one in each["parameters"] + each["returns"])
    names = [parameter["parameter_name"] for parameter in named["/text_to_image"]["parameters"]]
    assert names[:4] == ["prompt", "width", "height", "seed"] and "rerolls" not in names
    assert [each["label"] for each in named["/edit"]["returns"]] == ["Picture", "Seed", "Model", "Recipe"]
    kind = next(p for p in named["/image_pair"]["parameters"] if p["parameter_name"] == "kind")
    assert "depth" in kind["type"]["enum"] and kind["parameter_default"] == "depth"


def test_a_file_of_the_client_goes_in_and_a_png_with_its_recipe_comes_out(
    client: Client, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)
    file, seed, model, recipe = client.predict(
        image=handle_file(tmp_path / "photo.png"), instruction="make the cone blue", seed=3, api_name="/edit"
    )
    assert (seed, model) == (3, "tabletop@fake")
    assert "its left and right ends were cut off" in recipe.pop("x-remark")
    assert json.loads(images.read_recipe(Path(file)) or "") == recipe
    again = client.predict(image=handle_file(file), instruction="make the cone green", api_name="/edit")
    assert again[3]["nodes"]["edit"]["inputs"]["instruction"] == "make the cone green"


@pytest.mark.parametrize("name", ["p3.png", "p3.jpg"])
def test_the_model_sees_the_colour_that_a_profile_means(studio: httpx.Client, name: str) -> None:
    file = ROOT / "tests" / "cases" / name
    sent = base64.b64encode(file.read_bytes()).decode()
    event, data = call(studio, "edit", image=sent, instruction="make the cone blue")
    named = data[3]["nodes"]["edit"]["inputs"]["image"]
    assert event == "complete" and named == {"image": ImageInput.of(images.open_image(file)).name}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_means_the_same_however_it_is_sent(studio: httpx.Client, name: str) -> None:
    meant = {"image": ImageInput.of(images.open_image(PICTURES[name], keep_alpha=True)).name}
    text = base64.b64encode(PICTURES[name]).decode()
    for sent in (text, f"data:image/x;base64,{text}", {"path": uploaded(studio, PICTURES[name], name)}):
        event, data = call(studio, "edit", image=sent, instruction="make the cone blue")
        assert event == "complete" and data[3]["nodes"]["edit"]["inputs"]["image"] == meant


def uploaded(studio: httpx.Client, data: bytes, name: str = "photo.png") -> str:
    answer = studio.post("/gradio_api/upload", files={"files": (name, data)}).raise_for_status()
    path: str = answer.json()[0]
    return path


@pytest.mark.parametrize(
    "form",
    [
        lambda path, url: {"path": path},
        lambda path, url: {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "x.png"},
        lambda path, url: {"path": url, "url": url, "meta": {"_type": "gradio.FileData"}},
        lambda path, url: url,
        lambda path, url: path,
        lambda path, url: BASE64,
        lambda path, url: "data:image/png;base64," + BASE64,
        lambda path, url: {"url": "data:image/png;base64," + BASE64},
        lambda path, url: "DATA:image/png;name=a,b.png;BASE64," + BASE64,
        lambda path, url: "data:image/png;base64," + quote(BASE64, safe=""),
        lambda path, url: base64.encodebytes(PNG).decode(),
        lambda path, url: base64.urlsafe_b64encode(PNG).decode().rstrip("="),
    ],
)
def test_a_picture_comes_in_every_form(studio: httpx.Client, form: Callable[[str, str], Any]) -> None:
    path = uploaded(studio, PNG)
    url = f"{studio.base_url}/gradio_api/file={path}".replace("//gradio_api", "/gradio_api")
    event, data = call(studio, "edit", image=form(path, url), instruction="make the cone blue", seed=3)
    assert event == "complete" and data[1] == 3


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        ("", "image: this file is empty"),
        ({"path": ""}, "image: this is"),
        (base64.b64encode(b"%PDF-1.4").decode(), "image: "),
        (JPEG, "image: "),
        ("A" * 41_000_000, "under 20 MB"),
        ("words and words", "image: this is not a picture in base64; send an uploaded file, a data URL"),
        ("/home/me/photo.png", "image: this is only the name of a file; send the file itself"),
        ("my photo.JPG\n", "image: this is only the name of a file"),
        ("/etc/passwd", "image: this is only the name of a file"),
        (r"C:\Users\me\photo.webp", "image: this is only the name of a file"),
        ({"path": "/etc/hostname"}, "image: this file was not uploaded here"),
        (
            {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}},
            "image: this file was not uploaded",
        ),
        ({"path": "x.png", "meta": 5}, "image: "),
        ({"path": 5}, "image: this is not a file"),
        ({}, "image: this is not a file"),
        ([BASE64], "image: this is not a file"),
        (7, "image: this is not a file"),
        (None, "image: is missing"),
        ("http://169.254.169.254/latest", "image: nothing is fetched from other addresses"),
        ("file:///etc/hostname", "image: nothing is fetched"),
        (
            {
                "path": "https://a.test/x.png",
                "url": "https://a.test/x.png",
                "meta": {"_type": "gradio.FileData"},
            },
            "image: nothing is fetched",
        ),
        ("/gradio_api/file=/etc/hostname", "image: this file was not uploaded here"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(
    studio: httpx.Client, image: Any, sentence: str
) -> None:
    event, data = call(studio, "edit", image=image, instruction="make the cone blue")
    assert event == "error" and str(data["error"]).startswith("image: ") and sentence in data["error"]


def test_a_file_beside_the_uploads_is_not_one(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("secret")
    folder = tmp_path / ("0" * 64)
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "note.txt")
    for path in (tmp_path / "note.txt", folder / "link.png", folder, folder / ".." / "note.txt"):
        with pytest.raises(InvalidImage, match="was not uploaded here"):
            file_sent({"path": str(path)}, str(tmp_path))


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"prompt": 5}, "prompt: must be text"),
        ({"prompt": ["a", "b"]}, "prompt: must be text"),
        ({"prompt": None}, "prompt: is missing"),
        ({"width": [64]}, "width: must be a whole number"),
        ({"width": 64.5}, "width: "),
        ({"width": 10**30}, "width: "),
        ({"seed": True}, "seed: must be a whole number"),
        ({"seed": -1}, "seed: must be a whole number"),
        ({"seed": 2**63}, "seed: must be a whole number"),
        ({"top_k": 1e300}, "top_k: "),
        ({"guidance_scale": float("nan")}, "guidance_scale: "),
        ({"temperature": float("inf")}, "temperature: "),
        ({"scorer": "mine"}, "scorer: "),
        ({"best_of": {}}, "best_of: "),
    ],
)
def test_a_value_of_the_wrong_type_is_named(
    studio: httpx.Client, inputs: dict[str, Any], sentence: str
) -> None:
    event, data = call(studio, **{"prompt": "a cone", **inputs})
    assert event == "error" and str(data["error"]).startswith(sentence)


@pytest.mark.parametrize(
    ("route", "body", "status", "sentence"),
    [
        ("call/nothing", {"data": []}, 404, 'There is no endpoint "nothing"; there are: text_to_image'),
        ("call/v2/nothing", {}, 404, 'There is no endpoint "nothing"'),
        ("call/v2/text_to_image", {}, 422, "prompt: is missing."),
        (
            "call/v2/text_to_image",
            {"prompt": "x", "size": 3},
            422,
            'has no parameter "size"; it takes: prompt',
        ),
    ],
)
def test_a_call_that_names_something_else_is_refused_at_once(
    studio: httpx.Client, route: str, body: Any, status: int, sentence: str
) -> None:
    answer = studio.post(f"/gradio_api/{route}", json=body)
    assert answer.status_code == status and sentence in answer.json()["error"]


@pytest.mark.parametrize("route", ["run", "api"])
def test_a_call_past_the_queue_is_refused(studio: httpx.Client, route: str) -> None:
    parameters = studio.get("/gradio_api/info").json()["named_endpoints"]["/text_to_image"]["parameters"]
    data = ["a cone", *(each["parameter_default"] for each in parameters[1:])]
    answer = studio.post(f"/gradio_api/{route}/text_to_image", json={"data": data})
    assert answer.status_code == 404 and "queue" in answer.text


@pytest.mark.parametrize("place", ["text_to_image", "v2/text_to_image", "nosuch"])
def test_an_answer_that_nobody_waits_for_is_one_sentence(studio: httpx.Client, place: str) -> None:
    answer = studio.get(f"/gradio_api/call/{place}/0123456789abcdef")
    assert answer.status_code == 404
    assert answer.json()["error"] == 'No answer waits for the call "0123456789abcdef"; send the call again.'


def test_an_answer_is_fetched_once(studio: httpx.Client) -> None:
    made = studio.post("/gradio_api/call/v2/text_to_image", json={"prompt": "a cube"}).json()["event_id"]
    first, second = (studio.get(f"/gradio_api/call/text_to_image/{made}") for _ in range(2))
    assert "event: complete" in first.text and second.status_code == 404


def test_null_leaves_a_value_open(client: Client) -> None:
    draw = {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.idea"}, "stop_row": 1}}
    document = {
        "lumina": 1,
        "inputs": {"idea": {"type": "text", "default": "a cone"}},
        "nodes": {"draw": draw},
        "outputs": {"drawn": {"from": "draw.image"}},
    }
    assert client.predict(document, {"idea": None}, api_name="/run_workflow")["drawn"]


@pytest.mark.parametrize("count", [0, 99])
def test_a_wrong_number_of_values_is_told(studio: httpx.Client, count: int) -> None:
    begun = studio.post("/gradio_api/call/text_to_image", json={"data": ["x"] * count}).json()
    answer = studio.get(f"/gradio_api/call/text_to_image/{begun['event_id']}").text
    assert re.search(rf"text_to_image takes \d+ values, not {count}", answer)


def test_a_pair_gives_its_map_too(client: Client) -> None:
    *_, recipe, drawn_map = client.predict("a red cube", seed=2, api_name="/image_pair")
    assert json.loads(images.read_recipe(Path(drawn_map)) or "") == recipe


def test_a_recipe_runs_again_from_the_picture_that_carries_it(client: Client) -> None:
    file, *_ = client.predict("a red cube", seed=2, api_name="/text_to_image")
    results = client.predict(handle_file(file), api_name="/run_workflow")
    (again,) = results["image"]
    assert images.open_image(Path(again)).tobytes() == images.open_image(Path(file)).tobytes()


def test_a_recipe_with_a_picture_says_how_to_send_it_and_runs_with_it(studio: httpx.Client) -> None:
    _, (file, *_, recipe) = call(studio, "edit", image=BASE64, instruction="make it night", seed=3)
    event, error = call(studio, "run_workflow", document=recipe)
    assert event == "error" and 'is not here; send it as values["edit.image"].' in error["error"]
    _, (results,) = call(studio, "run_workflow", document=recipe, values={"edit.image": BASE64})
    again, first = (studio.get(each["url"]).content for each in (results["image"][0], file))
    assert images.open_image(again).tobytes() == images.open_image(first).tobytes()


def test_the_endpoint_returns_the_picture_and_the_seed(studio: httpx.Client) -> None:
    event, (file, seed, model, made) = call(studio, prompt="a blue cone", seed=7, width=160, height=96)
    assert (event, seed, model) == ("complete", 7, "tabletop@fake")
    png = studio.get(file["url"]).raise_for_status().content
    assert images.open_image(png).size == (160, 96)
    recipe = images.read_recipe(png)
    assert recipe is not None and task_of(load(recipe)).model_dump()["prompt"] == "a blue cone"
    assert json.loads(recipe) == made


def test_the_endpoint_chooses_a_seed_and_tells_it(studio: httpx.Client) -> None:
    event, (_, seed, *_) = call(studio, prompt="a blue cone")
    assert event == "complete" and isinstance(seed, int)


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"prompt": " "}, "prompt: must not be empty; say what to draw."),
        ({"prompt": "x", "width": 64, "height": 1024}, "Tabletop cannot draw 64x1024 pixels"),
    ],
)
def test_the_endpoint_refuses_in_one_sentence(
    studio: httpx.Client, inputs: dict[str, Any], sentence: str
) -> None:
    event, data = call(studio, **inputs)
    assert event == "error" and sentence in json.dumps(data)


WORKFLOW = """{"lumina": 1,
  "inputs": {"idea": {"type": "text"}, "photo": {"type": "image"}},
  "nodes": {"draw": {"task": "text_to_image", "inputs": {"prompt": {"from": "inputs.idea"}, "seed": [1, 2]}},
    "lines": {"task": "edges", "inputs": {"image": {"from": "inputs.photo"}}}},
  "outputs": {"drawn": {"from": "draw.image"}, "lines": {"from": "lines.image"}}}"""


VALUES = json.dumps(
    {
        "idea": "a red cone",
        "photo": base64.b64encode(images.png_bytes(Image.new("RGB", (64, 48), "red"))).decode(),
    }
)


@pytest.mark.parametrize("as_sent", [str, json.loads])
def test_a_workflow_runs_with_values_and_gives_its_results_by_name(
    studio: httpx.Client, as_sent: Callable[[str], Any]
) -> None:
    event, (results,) = call(studio, "run_workflow", document=as_sent(WORKFLOW), values=as_sent(VALUES))
    assert event == "complete" and {name: len(each) for name, each in results.items()} == {
        "drawn": 2,
        "lines": 1,
    }
    pngs = [
        studio.get(file["url"]).raise_for_status().content for file in results["drawn"] + results["lines"]
    ]
    assert [images.open_image(png).size for png in pngs] == [(128, 128), (128, 128), (64, 48)]
    recipe = load(images.read_recipe(pngs[1]) or "")
    assert list(recipe.nodes) == ["draw", "lines"] and recipe.inputs["idea"].default == "a red cone"


def test_words_that_the_model_does_not_know_stand_beside_the_answer(studio: httpx.Client) -> None:
    _, (_, _, _, recipe) = call(studio, prompt="a cat", seed=1)
    assert recipe["x-unknown-words"] == [{"word": "cat", "known": []}] and load(json.dumps(recipe))
    _, (results,) = call(studio, "run_workflow", document=recipe)
    assert results["x-unknown-words"] == recipe["x-unknown-words"]
    _, (_, _, _, stacked) = call(studio, prompt="a cone on a cube", seed=1)
    assert stacked["x-not-drawn"] == [{"word": "on", "note": "everything stands on the ground"}]
    assert "x-unknown-words" not in stacked and load(json.dumps(stacked))
    _, (_, _, _, plain) = call(studio, prompt="a cone", seed=1)
    assert "x-unknown-words" not in plain


def test_a_workflow_as_a_node_takes_values_and_a_choice(studio: httpx.Client) -> None:
    pick = {"task": "pick", "inputs": {"images": {"from": "a.image"}}}
    drafts = {
        "task": "text_to_image",
        "inputs": {"prompt": {"from": "inputs.idea"}, "variations": 2, "seed": 1},
    }
    inner = {"lumina": 1, "inputs": {"idea": {"type": "text"}}, "nodes": {"a": drafts, "best": pick}}
    document = {
        "lumina": 1,
        "workflows": {"w": inner},
        "nodes": {"n": {"workflow": "w", "inputs": {"idea": "a cone"}}},
    }
    values = {"n.idea": "a cube"}
    event, data = call(studio, "run_workflow", document=document, values=values)
    assert event == "error" and 'send a number from 1 to 2 as "n/best.choice"' in str(data)
    _, (results,) = call(studio, "run_workflow", document=document, values=values | {"n/best.choice": 2})
    recipe = load(images.read_recipe(studio.get(results["image"][0]["url"]).content) or "")
    assert recipe.nodes["n"].inputs == {"idea": "a cube"} and recipe.nodes["n"].settled == {"best.choice": 2}


def test_a_document_comes_as_a_data_url_or_as_text_within_text(studio: httpx.Client) -> None:
    node = {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": 3}}
    text = json.dumps({"lumina": 1, "nodes": {"a": node}})
    as_url = f"data:application/json;base64,{base64.b64encode(text.encode()).decode()}"
    results = [call(studio, "run_workflow", document=each)[1][0] for each in (text, as_url, json.dumps(text))]
    pictures = [studio.get(result["image"][0]["url"]).content for result in results]
    assert pictures[0] == pictures[1] == pictures[2]


def test_pictures_stand_in_a_document_and_its_values_as_data_urls(studio: httpx.Client) -> None:
    url = f"data:image/png;base64,{BASE64}"
    for picture, values in ((url, {}), ({"image": url}, {}), (url, {"a.image": {"image": url}})):
        node = {"task": "edit", "inputs": {"image": picture, "instruction": "make it night", "seed": 3}}
        document = {"lumina": 1, "nodes": {"a": node}}
        event, (results,) = call(studio, "run_workflow", document=document, values=values)
        assert event == "complete" and len(results["image"]) == 1


def test_numbers_in_a_row_are_several(studio: httpx.Client) -> None:
    document = {"lumina": 1, "nodes": {"a": {"task": "text_to_image", "inputs": {"prompt": "a cone"}}}}
    _, (results,) = call(studio, "run_workflow", document=document, values={"a.seed": "1, 2"})
    assert len(results["image"]) == 2


@pytest.mark.parametrize(
    ("document", "values", "sentence"),
    [
        ("{", "{}", "JSON"),
        (WORKFLOW.replace("text_to_image", "text_to_imag"), "{}", "names no task"),
        (WORKFLOW.replace('"lumina": 1,', '"lumina": 1, "model": "omni",'), VALUES, "draws with tabletop"),
        (
            WORKFLOW.replace('"lumina": 1,', '"lumina": 1, "model": "tabletop@ffff",'),
            VALUES,
            "draws with tabletop@",
        ),
        (WORKFLOW.replace("text_to_image", "text_to_imag"), "{}", 'mean \\"text_to_image\\"?"'),
        ("workflows/prompt-grid.json", "{}", "document: this is only the name of a file"),
        (WORKFLOW, "[]", "values: send a JSON object"),
        (WORKFLOW, '{"title": 1}', 'There is no input \\"title\\"'),
        (WORKFLOW, '{"idea": "a cone"}', "photo"),
        (WORKFLOW, '{"idea": "a cone", "photo": "?"}', "not a picture in base64"),
        (
            WORKFLOW,
            {"idea": "a cone", "photo": {"path": "/etc/hostname"}},
            "photo: this file was not uploaded",
        ),
        ({"path": "/etc/hostname"}, None, "document: this file was not uploaded here"),
        (None, None, "document: send"),
        (5, None, "document: send"),
        ([json.loads(WORKFLOW)], None, "document: send"),
        (WORKFLOW, 7, "values: send a JSON object"),
        (WORKFLOW, "[" * 9999, "values: this is nested too deeply"),
        ({"lumina": 1}, None, "/nodes: is missing"),
        ("https://example.com/?recipe=abc", None, "document: nothing is fetched from other addresses"),
    ],
)
def test_a_workflow_that_cannot_run_is_refused_in_one_sentence(
    studio: httpx.Client, document: Any, values: Any, sentence: str
) -> None:
    event, data = call(studio, "run_workflow", document=document, values=values)
    assert event == "error" and sentence in json.dumps(data) and "Traceback" not in json.dumps(data)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "Send a JSON object to text_to_image"),
        ('["a"]', "Send a JSON object to text_to_image"),
        ("5", "Send a JSON object to text_to_image"),
        ("{'prompt': 1}", "The body is not valid JSON: it has single quotes"),
        ('{"prompt": "a cone",}', "The body is not valid JSON: it has a comma too many"),
    ],
)
def test_a_body_that_is_no_object_is_one_sentence(studio: httpx.Client, body: str, sentence: str) -> None:
    for route in ("call/v2", "call"):
        answer = studio.post(
            f"/gradio_api/{route}/text_to_image", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422 and set(answer.json()) == {"error"}
        assert answer.json()["error"].startswith(sentence)


@pytest.mark.parametrize(
    ("route", "body", "key"),
    [
        ("call/v2/text_to_image", '{"prompt": "a", "prompt": "b"}', "prompt"),
        (
            "call/run_workflow",
            '{"data": [{"lumina": 1, "nodes": {"a": {"task": "x", "task": "y"}}}]}',
            "task",
        ),
        ("call/v2/run_workflow/", '{"document": "", "values": {"w": 64, "w": 96}}', "w"),
    ],
)
def test_a_key_that_stands_twice_is_refused_as_in_a_file(
    studio: httpx.Client, route: str, body: str, key: str
) -> None:
    kind = {"content-type": "application/json"}
    answer = studio.post(f"/gradio_api/{route}", content=body, headers=kind)
    said = {"error": f'The body has the key "{key}" twice; keep one of them.'}
    assert (answer.status_code, answer.json()) == (422, said)


def test_a_document_that_is_too_deep_for_its_pictures_to_be_looked_for_says_so(studio: httpx.Client) -> None:
    document = json.loads('{"a": ' + "[" * 900 + "]" * 900 + "}")
    event, data = call(studio, "run_workflow", document=document)
    assert event == "error" and "is nested too deeply; keep it within 32 levels" in data["error"]


def test_a_body_of_another_type_says_which(studio: httpx.Client) -> None:
    kind = {"content-type": "text/plain"}
    answer = studio.post("/gradio_api/call/v2/text_to_image", content='{"prompt": "a"}', headers=kind)
    assert (
        answer.status_code == 422
        and "sent as text/plain; send it as application/json" in answer.json()["error"]
    )


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ('{"words": "a", "words": "b"}', 'values: this has the key \\"words\\" twice; keep one of them.'),
        ('{"words": NaN}', "values: this holds NaN, which is no number of JSON"),
        ("words=green", "values: this is not valid JSON at line 1"),
        ("[1]", "values: send a JSON object"),
    ],
)
def test_values_are_read_by_the_rules_of_documents(studio: httpx.Client, values: str, sentence: str) -> None:
    event, data = call(studio, "run_workflow", document=WORKFLOW, values=values)
    assert event == "error" and sentence in json.dumps(data)


def next_caller_is_served(address: str) -> None:
    """Fails if the model still draws 16 rows of half a second each for somebody who has left."""
    with httpx.Client(base_url=address, timeout=5) as other:
        event, _ = call(other, prompt="a cone", stop_row=1)
    assert event == "complete"


@pytest.mark.parametrize("name", ["text_to_image", "run_workflow"])
def test_cancel_frees_the_model(slow: str, name: str) -> None:
    document = json.loads(WORKFLOW) | {"outputs": {"drawn": {"from": "draw.image"}}}
    given = ["a red cube"] if name == "text_to_image" else [document, json.loads(VALUES)]
    job = Client(slow, verbose=False).submit(*given, api_name=f"/{name}")
    next(iter(job))  # it has begun
    job.cancel()
    next_caller_is_served(slow)


def test_hanging_up_frees_the_model(slow: str) -> None:
    with httpx.Client(base_url=slow, timeout=30) as client:
        begun = client.post("/gradio_api/call/v2/text_to_image", json={"prompt": "x"}).json()
        with client.stream("GET", f"/gradio_api/call/text_to_image/{begun['event_id']}") as answer:
            assert "generating" in next(answer.iter_lines())
        next_caller_is_served(slow)


GUIDE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def blocks_of(language: str, address: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return [block.replace("http://127.0.0.1:7860", address) for block in found]


def test_the_guides_examples_in_python_run(
    studio: httpx.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    *plain, tool = blocks_of("python", str(studio.base_url).rstrip("/"))
    names: dict[str, Any] = {}
    exec("\n".join(plain), names)
    assert len(names["results"]["sheet"]) == 1
    with Image.open(names["file"]) as first, Image.open(names["again"]["image"][0]) as second:
        assert first.tobytes() == second.tobytes()
    if importlib.util.find_spec("mcp") is not None:
        exec(tool, {})
        assert "['image', 'text']" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_guides_examples_for_curl_run(studio: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)
    (script,) = blocks_of("sh", str(studio.base_url).rstrip("/"))
    told = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert told.count("event: complete") == 2 and told.count("tabletop@fake") >= 2


@pytest.mark.parametrize("way", ["run", "api"])
def test_nothing_is_drawn_beside_the_queue(studio: httpx.Client, way: str) -> None:
    answer = studio.post(f"/gradio_api/{way}/text_to_image", json={"data": ["a red cube"]})
    assert answer.status_code == 404


def test_a_document_that_orders_thousands_of_pictures_is_refused(studio: httpx.Client) -> None:
    inputs = {"prompt": [f"a {n}" for n in range(8)], "seed": list(range(8)), "variations": 4, "best_of": 16}
    document = {"lumina": 1, "nodes": {"all": {"task": "text_to_image", "inputs": inputs}}}
    event, data = call(studio, "run_workflow", document=document)
    assert event == "error" and "256 are the most" in json.dumps(data)


def test_requests_are_bounded(studio: httpx.Client) -> None:
    form = {"content-type": "multipart/form-data; boundary=x"}
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'

    def pieces() -> Iterator[bytes]:
        yield part
        for _ in range(100):
            yield b"x" * 1_000_000

    try:
        answer = studio.post("/gradio_api/upload", headers=form, content=pieces())
    except httpx.TransportError:  # the server has closed before it was all sent
        pass
    else:
        assert answer.status_code == 413
    long = studio.post("/gradio_api/call/v2/text_to_image", content=b"[" + b"[]," * 500_000 + b"1]")
    assert long.status_code == 413 and "400,000 values" in long.json()["error"]
