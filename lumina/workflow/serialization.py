"""Results of nodes as files and back: one archive with a JSON page, PNG pictures and arrays, no pickle."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.json_types import JsonObject
from lumina.runtime.drawing import Drawing
from lumina.tasks import TASKS
from lumina.tasks.base import DrawingTask, Picture
from lumina.tasks.image_input import ImageInput

Outputs = Mapping[str, tuple[Any, ...]]
PAGE = "values.json"
_COUNTS = ("rows", "seed", "forwards", "prefills", "tokens", "seconds")


class Damaged(Exception):
    """A file that is not what :func:`serialized` wrote; the result has to be computed again."""


def serialized(outputs: Outputs) -> bytes:
    """The values of a node, of any type that an output has."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        writer = _Writer(archive)
        page = {name: [writer.value(value) for value in values] for name, values in outputs.items()}
        archive.writestr(PAGE, json.dumps({"outputs": page, "drawings": writer.pages}))
    return file.getvalue()


def deserialized(data: bytes) -> dict[str, tuple[Any, ...]]:
    """The values; raises Damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            page = json.loads(archive.read(PAGE))
            drawings = [_read_drawing(archive, each) for each in page["drawings"]]
            return {
                name: tuple(_read_value(archive, value, drawings) for value in values)
                for name, values in page["outputs"].items()
            }
    except Exception as error:  # whatever is wrong with it: it is only a copy of what can be computed again
        raise Damaged(str(error)) from error


class _Writer:
    """Adds binary parts to an archive, each drawing once however many pictures show it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.count = archive, 0
        self.pages: list[JsonObject] = []
        self.drawn: dict[int, int] = {}

    def value(self, value: Any) -> Any:
        """How the page writes a value."""
        if isinstance(value, Picture):
            return {
                "picture": self._drawing(value.drawing),
                "part": value.part,
                "score": value.score,
                "task": self._task(value.task),
                "candidates": [self.value(candidate) for candidate in value.candidates],
            }
        if isinstance(value, ImageInput):
            return {"image": self._image(value.image), "name": value.name}
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        return value

    def _task(self, task: DrawingTask) -> JsonObject:
        inputs = task.model_dump(mode="json", exclude_none=True)
        fields = {name: getattr(task, name) for name in task.inputs()}
        images = {
            name: self.value(value)
            for name, value in fields.items()
            if isinstance(value, ImageInput) and value.pixels is not None
        }
        return {"name": task.name, "inputs": inputs, "images": images}

    def _drawing(self, drawing: Drawing) -> int:
        if id(drawing) not in self.drawn:
            self.drawn[id(drawing)] = len(self.pages)
            self.pages.append(
                {name: getattr(drawing, name) for name in _COUNTS}
                | {
                    "accepted": list(drawing.accepted),
                    "image": self._image(drawing.image),
                    "codes": self._array(drawing.codes),
                    "nll": self._array(drawing.nll),
                }
            )
        return self.drawn[id(drawing)]

    def _image(self, image: Image.Image) -> str:
        file = io.BytesIO()
        image.save(file, format="PNG", compress_level=1)
        return self._part("png", file.getvalue())

    def _array(self, array: NDArray[Any]) -> str:
        file = io.BytesIO()
        np.save(file, array, allow_pickle=False)
        return self._part("npy", file.getvalue())

    def _part(self, kind: str, data: bytes) -> str:
        self.count += 1
        self.archive.writestr(f"{self.count}.{kind}", data)
        return f"{self.count}.{kind}"


def _read_value(archive: zipfile.ZipFile, value: Any, drawings: list[Drawing]) -> Any:
    if not isinstance(value, dict):
        return value
    if "picture" in value:
        task = value["task"]
        images = {name: _read_value(archive, image, drawings) for name, image in task["images"].items()}
        read = cast(DrawingTask, TASKS[task["name"]].model_validate(task["inputs"] | images))
        candidates = tuple(_read_value(archive, each, drawings) for each in value["candidates"])
        more = {"part": value["part"], "score": value["score"], "candidates": candidates}
        return Picture(task=read, drawing=drawings[value["picture"]], **more)
    if "array" in value:
        return _read_array(archive, value["array"])
    return ImageInput(value["name"], _read_image(archive, value["image"]))


def _read_drawing(archive: zipfile.ZipFile, page: Mapping[str, Any]) -> Drawing:
    return Drawing(
        image=_read_image(archive, page["image"]),
        codes=_read_array(archive, page["codes"]),
        nll=_read_array(archive, page["nll"]),
        accepted=tuple(page["accepted"]),
        **{name: page[name] for name in _COUNTS},
    )


def _read_image(archive: zipfile.ZipFile, name: str) -> Image.Image:
    with Image.open(io.BytesIO(archive.read(name)), formats=["PNG"]) as image:
        image.load()
        return Image.frombytes(image.mode, image.size, image.tobytes())  # without the file behind it


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    return cast(NDArray[Any], np.load(io.BytesIO(archive.read(name)), allow_pickle=False))
