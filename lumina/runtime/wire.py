"""Requests, events and a model's description as JSON, for a painter on another machine (docs/engine.md).

Codes are integers, pictures PNG files in base64, what is no number is null: any program can read it.
"""

import base64
import binascii
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lumina.errors import InputError, InvalidImage, InvalidSize, ModelError
from lumina.images import open_image
from lumina.json_types import JsonObject
from lumina.model.config import DESCRIBED, ModelSpec
from lumina.runtime.drawing import Codes, Drawing
from lumina.runtime.events import Begun, DrawEvent, Finished, Pixels, Refused, RowDrawn, Scored
from lumina.runtime.painter import Painter
from lumina.runtime.request import NO_ROWS, NO_SCORER, DrawRequest, Scoring
from lumina.sampler.options import SamplingOptions
from lumina.settings import Cache, Dtype, Quant, Settings
from lumina.worlds import is_known

PROTOCOL: Final = 1  # raise it when a client of before could no longer draw
MODEL, DRAW = "/model", "/draw"
HEARTBEAT = 10.0  # seconds, at most, between two signs of life on a stream
REFUSED, CLOSING, END = "refused", "closing", "end"
MOST_REQUESTS = 256  # in one call
MOST_PIXELS = 75_000_000  # of all pictures that are given in it
LONGEST_TEXT = 20_000  # characters of an instruction
SPOKEN_OF = {*DESCRIBED, "name", "dtype", "licence", "movqgan_source", "revision"}  # of a spec, no folders
FAST = 1  # how much PNG is to compress: a row is on its way at once

Shown = Literal["all", "finished", "none"]
Code = Annotated[int, Field(ge=0, lt=2**31)]
Reroll = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]
Rows: TypeAlias = list[list[Code]]
Numbers: TypeAlias = list[list[float | None]]


class AskedPicture(BaseModel):
    """A `DrawRequest`, whose given pictures are told by their place among those of the message."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    instruction: str = Field(max_length=LONGEST_TEXT)
    width: int
    height: int
    options: SamplingOptions
    stop_row: int = Field(ge=1)
    panels: int = Field(1, ge=1, le=2)
    given: list[Annotated[int, Field(ge=0)]] = Field([], max_length=1)
    prompt: str = Field("", max_length=LONGEST_TEXT)
    kept: Rows = []
    rerolls: list[Reroll] = Field([], max_length=64)
    batch: int = 0
    scorer: Scoring = NO_SCORER
    is_halved: bool = False

    def request(self, pictures: Sequence[Image.Image]) -> DrawRequest:
        """Raises InputError where it makes no sense."""
        if any(place >= len(pictures) for place in self.given):
            raise InputError("A given picture is named that is not among the pictures of this message.")
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return DrawRequest(
            **fields
            | {
                "given": tuple(pictures[place] for place in self.given),
                "kept": _codes(self.kept),
                "rerolls": tuple((row, seed) for row, seed in self.rerolls),
            }
        )


class DrawMessage(BaseModel):
    """What a client sends: requests, and which pixels it wants of them. ``model`` "" takes any model."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    protocol: int
    requests: list[AskedPicture] = Field(min_length=1, max_length=MOST_REQUESTS)
    pictures: list[str] = Field([], max_length=MOST_REQUESTS)
    model: str = ""
    pixels: Shown = "all"

    @classmethod
    def written(cls, requests: Sequence[DrawRequest], model: str, pixels: Shown) -> bytes:
        """The message that asks a ``model`` for these; a picture that several are given is in it once."""
        pictures: dict[int, tuple[int, str]] = {}
        for image in (image for request in requests for image in request.given):
            if id(image) not in pictures:
                pictures[id(image)] = len(pictures), _png(image)
        asked = [_asked(request, [pictures[id(image)][0] for image in request.given]) for request in requests]
        files = [file for _, file in pictures.values()]
        return json_bytes(
            {"protocol": PROTOCOL, "model": model, "pixels": pixels, "pictures": files, "requests": asked}
        )

    def draw_requests(self) -> tuple[DrawRequest, ...]:
        """Raises InputError where they make no sense, together or by themselves."""
        pictures, pixels = list[Image.Image](), 0
        for file in self.pictures:
            pictures.append(_picture(file))
            pixels += pictures[-1].width * pictures[-1].height
            if pixels > MOST_PIXELS:
                raise InvalidImage(f"The given pictures have over {MOST_PIXELS:,} pixels in all; send fewer.")
        requests = tuple(asked.request(pictures) for asked in self.requests)
        compared: dict[int, tuple[int, ...]] = {}
        for each in (each for each in requests if each.is_halved):
            form = each.width, each.height, each.panels, len(each.given), each.stop_row
            if compared.setdefault(each.batch, form) != form:
                raise InputError("Candidates that are halved must be of one size, with one stop row.")
        return requests


def _asked(request: DrawRequest, given: list[int]) -> JsonObject:
    options: JsonObject = request.options.model_dump(mode="json")
    return {
        "instruction": request.instruction,
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "panels": request.panels,
        "stop_row": request.stop_row,
        "options": options,
        "given": [*given],
        "kept": request.kept.tolist(),
        "rerolls": [[row, seed] for row, seed in request.rerolls],
        "batch": request.batch,
        "scorer": request.scorer,
        "is_halved": request.is_halved,
    }


class EngineSettings(BaseModel):
    """Of an engine's settings those that say how its pictures are computed."""

    model_config = ConfigDict(frozen=True)

    dtype: Dtype
    window: int
    quant: Quant
    cache: Cache
    slots: int

    def over(self, own: Settings) -> Settings:
        """The settings of a client whose pictures are computed so."""
        return replace(own, **self.model_dump(), has_dtype=True)


class EngineModel(BaseModel):
    """What ``GET /model`` tells: everything that a `Painter` says of itself."""

    model_config = ConfigDict(frozen=True)

    protocol: int
    model: str
    device: str
    pixels_per_code: int = Field(ge=1)
    spec: dict[str, Any]
    settings: EngineSettings

    @classmethod
    def told(cls, painter: Painter) -> JsonObject:
        """As it is sent."""
        spec = TypeAdapter(ModelSpec).dump_python(painter.spec, mode="json", include=SPOKEN_OF)
        settings = {name: getattr(painter.settings, name) for name in EngineSettings.model_fields}
        return {
            "protocol": PROTOCOL,
            "model": painter.model,
            "device": painter.device,
            "pixels_per_code": painter.pixels_per_code,
            "spec": spec,
            "settings": settings,
        }

    def model_spec(self) -> ModelSpec:
        """Raises InputError where the model draws what is not known here."""
        if not is_known(str(self.spec.get("world", ""))):
            raise InputError(
                f'The engine draws the world "{self.spec["world"]}", which is not known here; '
                "update Lumina Studio."
            )
        return TypeAdapter(ModelSpec).validate_python({"source": "", **self.spec})


class _Counted(TypedDict):
    index: int
    done: int
    total: int


class _Told(BaseModel):
    """An event as it is sent, with all that it tells of one picture."""

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]

    index: int = Field(ge=0)
    done: int
    total: int

    def _counted(self) -> _Counted:
        return {"index": self.index, "done": self.done, "total": self.total}


class ToldBegun(_Told):
    """See `Begun`."""

    name = "begun"

    width: int = Field(ge=1)
    height: int = Field(ge=1)
    rows: int = Field(ge=1)
    kept: Rows
    pixels: str | None

    @classmethod
    def of(cls, event: Begun, shown: Shown) -> JsonObject:
        """As it is sent."""
        size: JsonObject = {"width": event.width, "height": event.height, "rows": event.rows}
        return size | {"kept": event.kept.tolist(), "pixels": _strip(event.pixels, shown)}

    def event(self) -> Begun:
        """As it happened."""
        kept = _codes(self.kept).reshape(-1, self.width * self.rows // self.height)
        pixels = _pixels(self.pixels, self.width)
        return Begun(
            width=self.width, height=self.height, rows=self.rows, kept=kept, pixels=pixels, **self._counted()
        )


class ToldRow(_Told):
    """See `RowDrawn`."""

    name = "row"

    row: int
    codes: Rows = Field(min_length=1)
    nll: Numbers
    pixels: str | None
    accepted: tuple[int, ...]
    seconds: float

    @classmethod
    def of(cls, event: RowDrawn, shown: Shown) -> JsonObject:
        """As it is sent."""
        return {
            "row": event.row,
            "codes": event.codes.tolist(),
            "nll": _numbers(event.nll),
            "pixels": _strip(event.pixels, shown),
            "accepted": [*event.accepted],
            "seconds": event.seconds,
        }

    def event(self) -> RowDrawn:
        """As it happened."""
        return RowDrawn(
            row=self.row,
            codes=_codes(self.codes),
            nll=_array(self.nll),
            pixels=_pixels(self.pixels, 0),
            accepted=self.accepted,
            seconds=self.seconds,
            **self._counted(),
        )


class ToldFinished(_Told):
    """See `Finished`, and `Drawing`."""

    name = "finished"

    image: str | None
    codes: Rows
    nll: Numbers
    rows: int
    seed: int
    forwards: int
    prefills: int
    tokens: int
    seconds: float
    accepted: tuple[int, ...]
    likelihood: float | None

    @classmethod
    def of(cls, event: Finished, shown: Shown) -> JsonObject:
        """As it is sent."""
        drawing = event.drawing
        plain = ("rows", "seed", "forwards", "prefills", "tokens", "seconds")
        return {name: getattr(drawing, name) for name in plain} | {
            "image": None if shown == "none" else _png(drawing.image),
            "codes": drawing.codes.tolist(),
            "nll": _numbers(drawing.nll),
            "accepted": [*drawing.accepted],
            "likelihood": _number(drawing.likelihood),
        }

    def event(self) -> Finished:
        """As it happened; raises ModelError where the picture was not sent."""
        if self.image is None:
            raise ModelError("The engine has sent a picture without its pixels.")
        plain = {
            name: getattr(self, name) for name in type(self).model_fields if name not in _Told.model_fields
        }
        mended = {
            "image": _picture(self.image),
            "codes": _codes(self.codes),
            "nll": _array(self.nll),
            "likelihood": math.nan if self.likelihood is None else self.likelihood,
        }
        return Finished(drawing=Drawing(**plain | mended), **self._counted())


class ToldScore(_Told):
    """See `Scored`."""

    name = "scored"

    score: float | None

    @classmethod
    def of(cls, event: Scored, shown: Shown) -> JsonObject:
        """As it is sent."""
        return {"score": _number(event.score)}

    def event(self) -> Scored:
        """As it happened."""
        return Scored(score=math.nan if self.score is None else self.score, **self._counted())


_KINDS: Mapping[type, type[ToldBegun | ToldRow | ToldFinished | ToldScore]] = {
    Begun: ToldBegun,
    RowDrawn: ToldRow,
    Finished: ToldFinished,
    Scored: ToldScore,
}
_NAMES = {kind.name: kind for kind in _KINDS.values()}


def told(event: DrawEvent, shown: Shown) -> bytes:
    """An event as it goes over the line."""
    kind: Any = _KINDS[type(event)]
    counted: JsonObject = {"index": event.index, "done": event.done, "total": event.total}
    return frame(kind.name, counted | kind.of(event, shown))


def happened(name: str, data: str) -> DrawEvent:
    """The event that was told; raises the error that it tells, ModelError for what is no event."""
    try:
        if name != REFUSED:
            return _NAMES[name].model_validate_json(data).event()
        refusal = TypeAdapter(Refused).validate_json(data)
    except (ValidationError, KeyError, ValueError, InputError) as error:
        raise ModelError(
            "The engine says what cannot be understood; use one version on both sides."
        ) from error
    raise refusal.error()


def refused(refusal: Refused) -> bytes:
    """What went wrong, as it goes over the line."""
    return frame(REFUSED, asdict(refusal))


def frame(name: str, values: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), json_bytes(values))


@dataclass(frozen=True)
class SentEvent:
    """One server-sent event as it came in."""

    name: str
    data: str


def frames(lines: Iterable[str]) -> Iterable[SentEvent]:
    """The events of a stream; one that is cut off is none, and neither is a comment, a sign of life."""
    name, data = "", list[str]()
    for line in lines:
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "data":
            data.append(value)
        elif not line and data:
            yield SentEvent(name, "\n".join(data))
            name, data = "", []


def json_bytes(values: Mapping[str, Any]) -> bytes:
    """Strict JSON, on one line."""
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _codes(rows: Sequence[Sequence[int]]) -> Codes:
    """[k, cols]; raises InvalidSize where the rows are not equally long."""
    if not rows:
        return NO_ROWS
    if len({len(row) for row in rows}) > 1:
        raise InvalidSize("Rows of codes must be equally long.")
    return np.array(rows, np.int64)


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _numbers(values: NDArray[np.float32]) -> list[list[float | None]]:
    """With nine digits, which tell every float32 from its neighbours."""
    return [
        [float(f"{each:.9g}") if math.isfinite(each) else None for each in row] for row in values.tolist()
    ]


def _array(values: Numbers) -> NDArray[np.float32]:
    return np.array([[math.nan if each is None else each for each in row] for row in values], np.float32)


def _strip(pixels: Pixels, shown: Shown) -> str | None:
    """Pixels of rows, or null where there are none, or nobody wants them."""
    return _png(Image.fromarray(pixels)) if shown == "all" and pixels.size else None


def _pixels(file: str | None, width: int) -> Pixels:
    return np.zeros((0, width, 3), np.uint8) if file is None else np.asarray(_picture(file))


def _png(image: Image.Image) -> str:
    file = io.BytesIO()
    image.convert("RGB").save(file, "PNG", compress_level=FAST)
    return base64.b64encode(file.getvalue()).decode()


def _picture(file: str) -> Image.Image:
    """Raises InvalidImage if it is no picture that is accepted."""
    try:
        data = base64.b64decode(file, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidImage("A picture must be a PNG file in base64.") from error
    return open_image(data)
