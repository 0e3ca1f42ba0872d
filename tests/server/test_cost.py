"""What drawings take: several threads learn it and ask for it at once."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lumina.runtime.fake import FakePipeline
from lumina.server.cost import CostModel
from lumina.tasks.text_to_image import TextToImage


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_it_is_asked_while_another_thread_learns(hasty: None) -> None:
    fake = FakePipeline()
    (one,) = TextToImage(prompt="a cone", seed=1).resolved(fake).requests(fake)
    cost, end = CostModel(), time.monotonic() + 1

    def learn() -> None:
        for count in range(1, 300):
            cost.note([one] * count, 1.0)

    def ask() -> None:
        while time.monotonic() < end:
            cost.seconds(300, 1)

    with ThreadPoolExecutor(2) as pool:
        asking, learning = pool.submit(ask), pool.submit(learn)
        assert asking.result() is None and learning.result() is None
