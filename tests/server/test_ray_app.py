"""Replicas on Ray Serve: killed, left, asked by many; here only where ray is installed."""

import os
import signal
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lumina.runtime.events import DrawEvent, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.remote_painter import RemotePainter
from lumina.settings import Settings
from lumina.steps import finish
from tests.engines import until
from tests.runtime.asking import request
from tests.serving import free_port

pytestmark = pytest.mark.filterwarnings("ignore")  # of ray's own, of many kinds
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    from lumina.server.ray_app import Fleet, engines_of

ROW = 0.1  # seconds
FAKE = FakePipeline()


def asked(seed: int) -> Any:
    return request(FAKE, width=64, height=64, seed=seed)


class Noting(FakePipeline):
    """Writes down which process draws each row."""

    def __init__(self, folder: str) -> None:
        super().__init__(row_seconds=ROW)
        self.folder = Path(folder)

    def draw(self, requests: Any) -> Any:
        return self._noted(super().draw(requests), requests[0].seed)

    def _noted(self, steps: Any, seed: int) -> Any:
        event: DrawEvent
        drawings = None
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                drawings = end.value
                break
            if isinstance(event, RowDrawn):
                with (self.folder / f"{seed}.txt").open("a") as file:
                    file.write(f"{os.getpid()}\n")
            yield event
        return drawings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@pytest.fixture(scope="module")
def painter(folder: Path) -> Iterator[RemotePainter]:
    """Two replicas on this machine's processors."""
    from ray import serve

    where, place = free_port(), str(folder)
    surroundings = {"env_vars": {"PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"}}
    os.environ.setdefault("RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S", "120")  # a busy machine takes longer
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, runtime_env=surroundings)
    with suppress(TimeoutError):  # a busy machine takes longer, and is waited for below
        serve.start(http_options={"host": "127.0.0.1", "port": where})
    serve.run(engines_of(lambda: Noting(place), Fleet(replicas=2)))
    settings = replace(Settings(), engine=f"http://127.0.0.1:{where}")
    yield RemotePainter.connect(settings, patience=120.0, wait=120.0)
    serve.shutdown()
    ray.shutdown()


def rows_of(folder: Path, seed: int) -> list[str]:
    file = folder / f"{seed}.txt"
    return file.read_text().split() if file.is_file() else []


def test_twenty_drawings_survive_five_killed_replicas(painter: RemotePainter, folder: Path) -> None:
    def draw(seed: int) -> str:
        return finish(painter.draw([asked(seed)]))[0].digest

    killed = set[str]()
    with ThreadPoolExecutor(4) as crowd:
        drawn = [crowd.submit(draw, seed) for seed in range(20)]
        for seed in range(0, 20, 4):
            until(lambda seed=seed: len(rows_of(folder, seed)) >= 3 or drawn[seed].done(), 300)
            process = rows_of(folder, seed)[-1]
            if process not in killed:
                killed.add(process)
                os.kill(int(process), signal.SIGKILL)
        found = [each.result(300) for each in drawn]
    assert found == [finish(FAKE.draw([asked(seed)]))[0].digest for seed in range(20)]
    assert len(killed) >= 3


def test_who_leaves_at_row_5_stops_the_replica_within_a_step(painter: RemotePainter, folder: Path) -> None:
    steps, rows = painter.draw([asked(100)]), 0
    while rows < 5:
        rows += isinstance(next(steps), RowDrawn)
    steps.close()
    time.sleep(3 * ROW)  # for a row that is under way
    before = len(rows_of(folder, 100))
    time.sleep(5 * ROW)
    assert len(rows_of(folder, 100)) == before <= 7


def test_a_rolling_update_loses_no_drawing(painter: RemotePainter, folder: Path) -> None:
    """Replicas take some ten seconds to be replaced, in which the first of these are drawn."""
    from ray import serve

    def draw(seed: int) -> str:
        return finish(painter.draw([asked(seed)]))[0].digest

    place, seeds = str(folder), range(400, 472)
    with ThreadPoolExecutor(4) as crowd:
        drawn = [crowd.submit(draw, seed) for seed in seeds]
        until(lambda: len(rows_of(folder, 400)) >= 3, 300)
        serve.run(engines_of(lambda: Noting(place), Fleet(replicas=2)))
        found = [each.result(300) for each in drawn]
    assert found == [finish(FAKE.draw([asked(seed)]))[0].digest for seed in seeds]
    assert len({process for seed in seeds for process in rows_of(folder, seed)}) > 2


def test_a_hundred_streams_at_once(painter: RemotePainter) -> None:
    with ThreadPoolExecutor(100) as crowd:
        found = list(crowd.map(lambda seed: finish(painter.draw([asked(seed)]))[0].digest, range(200, 300)))
    assert found == [finish(FAKE.draw([asked(seed)]))[0].digest for seed in range(200, 300)]


@pytest.mark.parametrize(
    ("fleet", "wanted"),
    [
        (Fleet(replicas=2), {"num_replicas": 2}),
        (
            Fleet(replicas=1, most=4, ongoing=6),
            {
                "autoscaling_config": {
                    "min_replicas": 1,
                    "max_replicas": 4,
                    "target_ongoing_requests": 6.0,
                }
            },
        ),
    ],
)
def test_a_fleet_is_told_to_ray(fleet: Fleet, wanted: Any) -> None:
    assert fleet.scaling() == wanted
    with pytest.raises(ValueError, match="at least as large"):
        Fleet(replicas=3, most=2)
