"""The endpoints as tools of the Model Context Protocol: pictures as images, the rest as text."""

import asyncio
import base64
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

import gradio.mcp
import httpx
from gradio.processing_utils import add_root_url

from lumina.errors import InputError
from lumina.ui.refusals import parameter_refused
from lumina.ui.uploaded_files import file_sent, is_file

LOOK = 0.05  # seconds between looks at a call that is under way


class OwnClient(gradio.mcp.Client):  # type: ignore[misc, name-defined]
    """What asks this very server, before which no proxy of the environment stands."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more, httpx_kwargs={"trust_env": False})

    def send_data(self, *args: Any) -> Any:
        """As Gradio's; raises InputError with the sentence by which the studio refuses a call."""
        try:
            return super().send_data(*args)
        except httpx.HTTPStatusError as error:
            raise InputError(error.response.json()["detail"]) from error


class Tools(gradio.mcp.GradioMCPServer):
    """As Gradio's, which gives several results as one text, draws on when a caller hangs up, and takes all
    callers for one visitor."""

    def Server(self, name: str) -> Any:  # type: ignore[override]
        """The server, in place of its class; what is wrong with a call is said by its endpoint, by name."""
        server: Any = super().Server(name)
        server.call_tool = partial(server.call_tool, validate_input=False)
        logging.getLogger(server.call_tool.func.__module__).setLevel(logging.ERROR)  # tells of unknown tools
        return server

    def _prepare_tool_call_args(self, name: str, arguments: dict[str, Any]) -> Any:
        if name not in self.tool_to_endpoint:
            known = ", ".join(self.tool_to_endpoint)
            raise InputError(f'There is no tool "{name[:100]}"; there are: {known}.')
        try:
            place, values, headers, function = super()._prepare_tool_call_args(name, arguments)
        except TypeError as error:
            sentence = parameter_refused(name, self.get_input_schema(name)[0]["properties"], error)
            raise InputError(sentence or str(error)) from error
        # what is called for them comes from this very server, which believes itself
        if (admission := getattr(self.blocks, "admission", None)) is not None:
            headers["x-forwarded-for"] = admission.address(self.mcp_server.request_context.request)
        return place, values, headers, function

    async def _execute_tool_without_progress(self, job: Any) -> list[Any]:
        with _cancelled_along(job):
            while not job.done():
                await asyncio.sleep(LOOK)
        result = job.result()
        return list(result) if isinstance(result, tuple) else [result]

    async def _execute_tool_with_progress(self, job: Any, progress_token: str | int) -> Any:
        with _cancelled_along(job):
            try:
                return await super()._execute_tool_with_progress(job, progress_token)
            except RuntimeError as error:  # the same sentence, under a heading
                raise RuntimeError(str(error).removeprefix("Error: ")) from None

    @staticmethod
    def pop_returned_state(components: Sequence[Any], data: Any) -> Any:
        """By name what an endpoint returns."""
        return {each.label.lower(): value for each, value in zip(components, data, strict=True)}

    def postprocess_output_data(self, data: Any, root_url: str) -> list[Any]:
        """Every picture, byte for byte, with its address; then all that is no picture, as JSON."""
        values = add_root_url(data, root_url, None)
        content: list[Any] = []
        for file in _files(values):
            picture = base64.b64encode(file_sent(file, self.blocks.GRADIO_CACHE)).decode()
            content.append(self.types.ImageContent(type="image", data=picture, mimeType="image/png"))
        text = json.dumps(_readable(values), ensure_ascii=False, indent=1)
        return [*content, self.types.TextContent(type="text", text=text)]


def offer_tools() -> bool:
    """Let Gradio serve :class:`Tools`; False where the package for them is missing."""
    if find_spec("mcp") is None:
        return False
    gradio.mcp.GradioMCPServer = Tools  # type: ignore[misc]
    gradio.mcp.Client = OwnClient  # type: ignore[attr-defined]
    return True


@contextmanager
def _cancelled_along(job: Any) -> Iterator[None]:
    """Whoever stops waiting for a job stops the job."""
    try:
        yield
    finally:
        if not job.done():  # in a thread, for it calls this very server
            asyncio.get_running_loop().run_in_executor(None, job.cancel)


def _files(values: Any) -> Iterator[Mapping[str, Any]]:
    if is_file(values):
        yield values
    elif isinstance(values, Mapping | list | tuple):
        for each in values.values() if isinstance(values, Mapping) else values:
            yield from _files(each)


def _readable(values: Any) -> Any:
    """The same with an address in place of each file."""
    if is_file(values):
        return values["url"]
    if isinstance(values, Mapping):
        return {name: _readable(value) for name, value in values.items()}
    return [_readable(value) for value in values] if isinstance(values, list | tuple) else values
