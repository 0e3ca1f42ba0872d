"""The fake draws by the pipeline's rules: rows, resuming, re-rolls, stopping."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumina.errors import InputError, InvalidSize
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.partial_codes import PartialCodes
from tests.runtime.asking import drawn, request


def draw(seed: int = 1, **changes: Any) -> Drawing:
    fake = FakePipeline()
    return drawn(fake, request(fake, **{"width": 160, "height": 96, "seed": seed, **changes}))[0]


def test_a_picture_depends_on_its_request_alone() -> None:
    first = draw()
    assert first.image.size == (160, 96) and first.codes.shape == (12, 20)
    assert draw(window=1).digest == first.digest == draw().digest
    assert len({first.digest, draw(seed=2).digest, draw(instruction="a cube").digest}) == 3


def test_every_row_is_shown_from_the_first_on() -> None:
    fake = FakePipeline()
    events = list(fake.draw([request(fake, width=64, height=64, seed=1)]))
    rows = [event for event in events if isinstance(event, RowDrawn)]
    assert [(row.done, row.total, row.row) for row in rows] == [(row + 1, 8, row) for row in range(8)]
    partial = PartialCodes()
    for event in events[:4]:
        partial.take(event)
    (codes,), whole = partial.all, events[-1].drawing
    assert len(codes) == 3 and (codes == whole.codes[:3]).all()
    shown = np.concatenate([row.pixels for row in rows[:3]])
    assert (shown == np.asarray(whole.image)[:24]).all()


def test_continuing_equals_an_unbroken_run() -> None:
    whole, half = draw(), draw(stop_row=5)
    assert len(half.codes) == 5 and not half.is_complete
    rest = draw(kept=half.codes)
    assert rest.digest == whole.digest
    assert (rest.tokens, rest.forwards, rest.prefills) == (7 * 20, 7, 1)
    assert np.isnan(rest.nll[:5]).all() and np.isfinite(rest.nll[5:]).all()


def test_nothing_is_spent_on_a_finished_picture() -> None:
    whole = draw()
    again = draw(kept=whole.codes)
    assert (again.digest, again.forwards, again.prefills) == (whole.digest, 0, 0)


def test_a_reroll_keeps_the_rows_above() -> None:
    whole, other = draw(), draw(rerolls=((6, 99),))
    assert (whole.codes[:6] == other.codes[:6]).all()
    assert (whole.codes[6:] != other.codes[6:]).any()
    assert (other.codes[6:] == draw(seed=99).codes[6:]).all()


def test_a_given_picture_changes_what_is_drawn_below_it() -> None:
    red, blue = (draw(given=(Image.new("RGB", (160, 96), colour),)) for colour in ("red", "blue"))
    assert red.image.size == (160, 96) and red.codes.shape == (12, 20) and red.tokens == 12 * 20
    assert len({red.digest, blue.digest, draw().digest}) == 3
    with pytest.raises(InvalidSize, match="does not fit above 160x96"):
        draw(given=(Image.new("RGB", (160, 32)),))


def test_two_panels_are_one_drawing() -> None:
    pair = draw(panels=2)
    assert pair.image.size == (160, 192) and pair.codes.shape == (24, 20) and pair.is_complete


@pytest.mark.parametrize("size", [(0, 128), (100_000, 128), (130, 128), (256, 256), (32, 32), (-32, -128)])
def test_sizes_outside_the_model_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidSize, match="128x128, 160x96, 96x160"):
        draw(width=size[0], height=size[1])


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="do not fit"):
        draw(kept=np.zeros((2, 3)))
    with pytest.raises(InputError, match="do not fit"):
        draw(kept=draw().codes, stop_row=3)
