"""What is counted as drawing: from the first event on, and only while the next one is awaited."""

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from lumina.server.drawing_time import measured, timed


def events() -> Generator[int, None, None]:
    for number in range(3):
        time.sleep(0.05)
        yield number


def test_waiting_for_the_first_event_is_no_drawing() -> None:
    steps = timed(events())
    with measured() as first:
        assert next(steps) == 0
    assert first.seconds == 0
    time.sleep(0.3)  # whoever listens takes their time
    with measured() as second, ThreadPoolExecutor(1) as pool:
        assert pool.submit(copy_context().run, next, steps).result() == 1
    assert second.seconds == pytest.approx(0.05, abs=0.04)
    assert list(steps) == [2]  # where nobody measures
