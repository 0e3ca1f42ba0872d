"""What goes over the line comes out as it went in, and anything else is a sentence."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError, InvalidSize, ModelError
from lumina.model.config import MODELS
from lumina.runtime import wire
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import Begun, DrawEvent, Finished, Refused, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings
from tests.runtime.asking import request

FAKE = FakePipeline()
GIVEN = Image.fromarray(np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8))


def asked(**changes: Any) -> DrawRequest:
    return request(FAKE, **{"width": 64, "height": 64, "seed": 7, **changes})


def over(event: DrawEvent, shown: wire.Shown = "all") -> DrawEvent:
    (frame,) = wire.frames(wire.told(event, shown).decode().split("\n"))
    return wire.happened(frame.name, frame.data)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if isinstance(one, Drawing | Begun | RowDrawn | Finished):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other or (one != one and other != other))


def test_requests_come_out_as_they_went_in() -> None:
    requests = (
        asked(given=(GIVEN,), prompt="a cone", rerolls=((3, 2**62),), top_p=0.1, dtype="float64"),
        *asked(kept=[[1, 2, 3, 4, 5, 6, 7, 8]]).candidates(3, "likelihood", 1, is_halved=True),
        asked(given=(GIVEN,), stop_row=4),
    )
    found = json.loads(wire.DrawMessage.written(requests, "tabletop@fake", "none"))
    assert len(found["pictures"]) == 1 and found["protocol"] == wire.PROTOCOL
    again = wire.DrawMessage.model_validate(found).draw_requests()
    for one, other in zip(requests, again, strict=True):
        for each in fields(DrawRequest):
            if each.name == "given":
                assert [picture.tobytes() for picture in one.given] == [
                    each.tobytes() for each in other.given
                ]
            else:
                assert same(getattr(one, each.name), getattr(other, each.name)), each.name


@pytest.mark.parametrize("kept", [None, [[5] * 8, [6] * 8]])
def test_events_come_out_as_they_went_in(kept: Any) -> None:
    changes = {} if kept is None else {"kept": kept}
    requests = asked(**changes).candidates(2, "likelihood", 0)
    events = list(FAKE.draw(requests))
    assert {type(event).__name__ for event in events} == {"Begun", "RowDrawn", "Finished", "Scored"}
    assert all(same(event, over(event)) for event in events)


def test_pixels_are_left_out_where_nobody_wants_them() -> None:
    events = list(FAKE.draw([asked()]))
    assert all(not event.pixels.size for event in (over(each, "finished") for each in events[:-1]))
    assert same(over(events[-1], "finished"), events[-1])
    assert b'"image":null' in wire.told(events[-1], "none") and b'"codes":[[' in wire.told(events[-1], "none")
    with pytest.raises(ModelError, match="without its pixels"):
        over(events[-1], "none")


def test_what_no_number_is_goes_as_null() -> None:
    *_, finished = FAKE.draw([asked(kept=[[5] * 8])])
    assert isinstance(finished, Finished) and np.isnan(finished.drawing.nll[0]).all()
    assert b"NaN" not in wire.told(finished, "none") and b"null" in wire.told(finished, "none")


def test_a_frame_that_is_cut_off_is_none() -> None:
    whole = wire.told(next(FAKE.draw([asked()])), "all").decode()
    lines = (": drawing\n\n" + whole).split("\n")
    assert len(list(wire.frames(lines))) == 1
    assert all(not list(wire.frames(lines[:count])) for count in range(len(lines) - 1))


def test_an_error_crosses_the_line_by_its_kind() -> None:
    (frame,) = wire.frames(wire.refused(Refused.of(InvalidSize("Too wide."))).decode().split("\n"))
    with pytest.raises(InvalidSize, match="Too wide"):
        wire.happened(frame.name, frame.data)


@pytest.mark.parametrize(
    ("name", "data"),
    [("row", "{}"), ("row", "["), ("unheard-of", "{}"), ("refused", "[]"), ("scored", '{"index": -1}')],
)
def test_what_is_no_event_is_a_sentence(name: str, data: str) -> None:
    with pytest.raises(ModelError, match="cannot be understood"):
        wire.happened(name, data)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"given": [0]}, "not among the pictures"),
        ({"kept": [[1, 2], [3]]}, "equally long"),
        ({"options": {"temperature": 1e9}}, "The temperature is"),
    ],
)
def test_a_request_without_sense_is_a_sentence(changes: dict[str, Any], said: str) -> None:
    message = json.loads(wire.DrawMessage.written([asked()], "", "all"))
    message["requests"][0] |= changes
    with pytest.raises(InputError, match=said):
        wire.DrawMessage.model_validate(message).draw_requests()


def test_candidates_that_are_halved_are_alike() -> None:
    one, other = asked().candidates(2, "likelihood", 0, is_halved=True)
    unlike = (one, asked(stop_row=4).candidates(1, "likelihood", 0, is_halved=True)[0])
    for requests, is_right in (((one, other), True), (unlike, False)):
        message = wire.DrawMessage.model_validate_json(wire.DrawMessage.written(requests, "", "all"))
        if is_right:
            assert len(message.draw_requests()) == 2
        else:
            with pytest.raises(InputError, match="of one size"):
                message.draw_requests()


@pytest.mark.parametrize("name", ["tabletop", "omni"])
def test_a_model_is_told_without_its_folders(name: str) -> None:
    fake = FakePipeline(MODELS[name], Settings(dtype="bfloat16", window=9, quant="int8"))
    found = wire.EngineModel.model_validate(json.loads(json.dumps(wire.EngineModel.told(fake))))
    spec, own = found.model_spec(), MODELS[name]
    assert spec.source == "" and spec.sizes == own.sizes and spec.of_task == own.of_task
    assert (spec.is_published, spec.world, spec.tasks) == (own.is_published, own.world, own.tasks)
    settings = found.settings.over(Settings(window=3, outputs=Path("here")))
    assert (settings.dtype, settings.window, settings.quant) == ("bfloat16", 9, "int8")
    assert str(settings.outputs) == "here" and settings.suited("float64").dtype == "bfloat16"


def test_a_world_that_is_not_known_here_is_named() -> None:
    found = wire.EngineModel.told(FAKE)
    spec = {**dict(found["spec"]), "world": "elsewhere"}  # type: ignore[arg-type, call-overload]
    with pytest.raises(InputError, match='world "elsewhere"'):
        wire.EngineModel.model_validate({**found, "spec": spec}).model_spec()
