"""What is kept of everybody who is here: within one bound for all, and the latest stay."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lumina.images import LARGE, png_bytes
from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop
from lumina.tasks.image_input import ImageInput
from lumina.ui import sessions
from lumina.ui.sessions import Sessions

NAMES = [f"{number:032x}" for number in range(6)]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    monkeypatch.setattr(sessions, "MOST_IN_ALL", 2_500_000)
    yield Sessions(Workshop(FakePipeline))


def found(kept: Sessions, picture: ImageInput) -> list[bool]:
    """Under which names a picture is kept."""
    return [kept.resources(name).image_sources[0].find(picture.name) is not None for name in NAMES]


def test_pictures_of_all_names_share_one_bound(kept: Sessions) -> None:
    picture = ImageInput.of(Image.new("RGB", (500, 500), "red"))  # 750 kB
    for name in NAMES:
        kept.keep(name, picture)
    assert found(kept, picture) == [False] * 3 + [True] * 3
    large = ImageInput.of(Image.new("RGB", (1000, 1000), "red"))  # 3 MB
    kept.keep(NAMES[5], large)
    assert kept.resources(NAMES[5]).image_sources[0].find(large.name) is not None
    assert found(kept, picture) == [False] * 6


def test_a_run_begins_while_another_tab_brings_pictures(kept: Sessions) -> None:
    pictures = [ImageInput.of(Image.new("RGB", (32, 32), (0, 0, shade))) for shade in range(60)]
    before, end = sys.getswitchinterval(), time.monotonic() + 1

    def bring() -> None:
        while time.monotonic() < end:
            for picture in pictures:
                kept.keep(NAMES[0], picture)

    def begin() -> None:
        while time.monotonic() < end:
            kept.resources(NAMES[0])

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(3) as pool:
            together = [pool.submit(each) for each in (bring, bring, begin)]
            assert [each.result() for each in together] == [None] * 3
    finally:
        sys.setswitchinterval(before)


def test_results_of_all_names_share_it_too_and_large_pictures_count_as_their_files(kept: Sessions) -> None:
    noise: Any = np.random.default_rng(0).integers(0, 256, (500, 500, 3), np.uint8)
    stores = [kept.resources(name).store for name in NAMES]
    for store in stores:
        store.put("a", {"image": [ImageInput.of(Image.fromarray(noise))]})
    kept.keep(NAMES[5], ImageInput.opened(png_bytes(Image.new("RGB", (LARGE // 1000 + 1, 1000), "red"))))
    here = [kept.resources(name).store for name in NAMES]
    assert [one is other for one, other in zip(here, stores, strict=True)] == [False] * 3 + [True] * 3
