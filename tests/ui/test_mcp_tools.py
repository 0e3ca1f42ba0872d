"""The endpoints as tools of the Model Context Protocol, called by its own client."""

import asyncio
import base64
import importlib.util
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio.mcp
import httpx
import pytest
from PIL import Image

from lumina import images
from lumina.errors import InvalidImage
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.settings import Settings
from lumina.ui.app import launch_options
from lumina.ui.mcp_tools import Tools
from tests.serving import served, started

PNG = images.png_bytes(Image.new("RGB", (64, 48), "red"))
BASE64 = base64.b64encode(PNG).decode()


@pytest.mark.parametrize("is_there", [True, False])
def test_there_are_tools_where_the_optional_package_is_there(
    monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    monkeypatch.setattr(gradio.mcp, "GradioMCPServer", gradio.mcp.GradioMCPServer)
    monkeypatch.setattr("lumina.ui.mcp_tools.find_spec", lambda name: object() if is_there else None)
    assert launch_options(Settings(), Workshop(FakePipeline))["mcp_server"] is is_there
    assert not is_there or gradio.mcp.GradioMCPServer is Tools


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if importlib.util.find_spec("mcp") is None:
        pytest.skip("mcp is not installed")
    with served(0.05, tmp_path_factory.mktemp("tools"), ("text_to_image", "edit")) as found:
        yield found


def session(address: str, use: Any, client: httpx.AsyncClient | None = None) -> Any:
    """What ``use`` does with a session, of a ``client`` of its own if need be."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def opened() -> Any:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/", http_client=client) as (read, write, _),
            ClientSession(read, write) as made,
        ):
            await made.initialize()
            return await use(made)

    return asyncio.run(opened())


def test_each_tool_says_what_it_does_and_takes(address: str) -> None:
    tools = {each.name: each for each in session(address, lambda made: made.list_tools()).tools}
    assert list(tools) == ["text_to_image", "edit", "run_workflow"]
    assert tools["edit"].description.startswith("Change a picture by instruction.")
    for tool in tools.values():
        assert all(each["description"] for each in tool.inputSchema["properties"].values())
    assert tools["edit"].inputSchema["required"] == ["image", "instruction"]
    assert tools["edit"].inputSchema["properties"]["scorer"]["enum"] == [
        "auto",
        "likelihood",
        "judge",
        "verifiers",
    ]


@pytest.mark.parametrize("with_progress", [True, False])
def test_a_tool_answers_with_the_picture_and_its_recipe(address: str, with_progress: bool) -> None:
    told: list[str] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        told.append(str(message))

    callback = progress if with_progress else None
    given = {"image": f"data:image/png;base64,{BASE64}", "instruction": "make the cone blue", "seed": 3}
    answer = session(address, lambda made: made.call_tool("edit", given, progress_callback=callback))
    image, text = answer.content
    assert (image.type, image.mimeType, answer.isError) == ("image", "image/png", False)
    found = json.loads(text.text)
    assert "its left and right ends were cut off" in found["recipe"].pop("x-remark")
    assert json.loads(images.read_recipe(base64.b64decode(image.data)) or "") == found["recipe"]
    assert (found["seed"], found["model"]) == (3, "tabletop@fake")
    assert not with_progress or "Progress: Step 8 of 16" in told
    again = given | {"image": found["picture"]}
    assert not session(address, lambda made: made.call_tool("edit", again)).isError


@pytest.mark.parametrize("with_progress", [True, False])
def test_no_proxy_comes_between_a_tool_and_its_own_server(
    with_progress: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if importlib.util.find_spec("mcp") is None:
        pytest.skip("mcp is not installed")

    async def progress(done: float, total: float | None, message: str | None) -> None:
        return None

    async def use(made: Any) -> Any:
        callback = progress if with_progress else None
        return await made.call_tool("text_to_image", {"prompt": "a cone"}, progress_callback=callback)

    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the studio, a process of its own, is started with it
    with served(0.05, tmp_path, ("text_to_image",)) as address:
        answer = session(address, use, httpx.AsyncClient(trust_env=False))
    assert not answer.isError, answer.content


@pytest.mark.parametrize("with_progress", [True, False])
def test_who_draws_too_much_at_once_is_told_so(with_progress: bool, tmp_path: Path) -> None:
    if importlib.util.find_spec("mcp") is None:
        pytest.skip("mcp is not installed")

    async def progress(done: float, total: float | None, message: str | None) -> None:
        return None

    async def both(made: Any) -> Any:
        callback = progress if with_progress else None
        calls = [
            made.call_tool("text_to_image", {"prompt": "a cone"}, progress_callback=callback)
            for _ in range(2)
        ]
        return await asyncio.gather(*calls)

    with started(0.1, tmp_path, slots=1, drawings_each=1) as (address, _):
        answers = session(address, both)
    (refused,) = [each.content[0].text for each in answers if each.isError]
    assert re.fullmatch(r"1 drawings? from your address .* in about \d+ s: try again then\.", refused)


def test_a_workflow_answers_with_all_its_pictures(address: str) -> None:
    draw = {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": [1, 2], "stop_row": 1}}
    document = {"lumina": 1, "nodes": {"draw": draw}, "outputs": {"drawn": {"from": "draw.image"}}}
    answer = session(address, lambda made: made.call_tool("run_workflow", {"document": document}))
    assert [part.type for part in answer.content] == ["image", "image", "text"]


def test_an_unknown_tool_is_refused_in_one_sentence_and_leaves_nothing_in_the_log(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = session(address, lambda made: made.call_tool("draw_me", {"prompt": "a cone"}))
    assert answer.isError
    assert answer.content[0].text == (
        'There is no tool "draw_me"; there are: text_to_image, edit, run_workflow.'
    )
    assert "not listed" not in caplog.text


@pytest.mark.parametrize("with_progress", [True, False])
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"instruction": "x"}, "image: is missing."),
        ({"image": "?", "instruction": "x"}, "image: this is not a picture in base64; send an uploaded"),
        ({"image": BASE64, "instruction": "x", "top_k": "y"}, "top_k: must be a whole number, not 'y'."),
        ({"image": BASE64, "instruction": "x", "size": 1}, 'edit has no parameter "size"; it takes: image'),
    ],
)
def test_a_wrong_call_is_refused_in_one_sentence(
    address: str, given: dict[str, Any], sentence: str, with_progress: bool
) -> None:
    async def progress(done: float, total: float | None, message: str | None) -> None: ...

    callback = progress if with_progress else None
    answer = session(address, lambda made: made.call_tool("edit", given, progress_callback=callback))
    assert answer.isError and answer.content[0].text.startswith(sentence)


@pytest.mark.parametrize("with_progress", [True, False])
def test_a_caller_who_leaves_frees_the_model(address: str, with_progress: bool) -> None:
    async def progress(done: float, total: float | None, message: str | None) -> None: ...

    async def leave(made: Any) -> None:
        callback = progress if with_progress else None
        draw = {"task": "text_to_image", "inputs": {"prompt": "a cone", "seed": list(range(32))}}
        document = {"lumina": 1, "nodes": {"draw": draw}, "outputs": {"drawn": {"from": "draw.image"}}}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):  # for 512 rows, which take 25 seconds
                await made.call_tool("run_workflow", {"document": document}, progress_callback=callback)

    session(address, leave)

    async def next_one(made: Any) -> None:
        async with asyncio.timeout(12):
            await made.call_tool("text_to_image", {"prompt": "x", "stop_row": 1})

    session(address, next_one)


def test_each_caller_has_their_own_bounds_whatever_they_say_of_themselves(tmp_path: Path) -> None:
    pytest.importorskip("mcp")

    def call(address: str, peer: str, said: str) -> str:
        """What a caller at the address ``peer`` is answered who claims to be another."""
        transport = httpx.AsyncHTTPTransport(local_address=peer)
        headers = {"X-Forwarded-For": said}
        client = httpx.AsyncClient(transport=transport, headers=headers, timeout=60, follow_redirects=True)
        draw = {"prompt": "a cone", "stop_row": 8}
        answer = session(address, lambda made: made.call_tool("text_to_image", draw), client)
        return answer.content[0].text if answer.isError else ""

    with started(1, tmp_path, drawings_each=1) as (address, _), ThreadPoolExecutor(3) as pool:
        callers = [("127.0.0.2", "9.9.9.1"), ("127.0.0.2", "9.9.9.2"), ("127.0.0.3", "9.9.9.1")]
        first, again, other = pool.map(lambda each: call(address, *each), callers)
    refused = [each for each in (first, again) if each]
    assert other == "" and len(refused) == 1 and "from your address" in refused[0]


def test_no_file_but_those_made_here_is_sent(tmp_path: Path) -> None:
    class Blocks:
        GRADIO_CACHE = str(tmp_path)

    tools = Tools.__new__(Tools)
    tools.blocks = Blocks()  # type: ignore[assignment]
    forged = {"recipe": {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}}
    with pytest.raises(InvalidImage, match="was not uploaded here"):
        tools.postprocess_output_data(forged, "http://127.0.0.1")
