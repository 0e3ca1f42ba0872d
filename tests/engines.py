"""Engines for tests, in this process or another: ``python -m tests.engines PORT ROW_SECONDS``."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from socket import SHUT_RDWR, create_connection, socket

import uvicorn

from lumina.process_end import ends_on_sigterm, leaving_at_once
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent, RowDrawn
from lumina.runtime.fake import FakePipeline
from lumina.runtime.painter import Painter
from lumina.runtime.remote_painter import RemotePainter
from lumina.runtime.request import DrawRequest
from lumina.server.address import listener
from lumina.server.engine_server import EngineServer, serve_engine
from lumina.settings import Settings
from lumina.steps import Following, Steps
from tests.serving import ROOT

ROW = b"event: row\n"


@contextmanager
def engine(painter: Painter, token: str = "", most: int = 128) -> Iterator[tuple[str, EngineServer]]:
    """An engine at work, with its address."""
    server, where = EngineServer(painter, token, most), listener("127.0.0.1", 0)
    config = uvicorn.Config(
        server.app(), log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    process = uvicorn.Server(config)
    thread = threading.Thread(target=process.run, kwargs={"sockets": [where]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{where.getsockname()[1]}", server
    finally:
        server.close()
        process.should_exit = True
        thread.join(30)
        server.stop()
        where.close()


def remote(url: str, token: str = "", patience: float = 30.0) -> RemotePainter:
    """Whoever draws there."""
    return RemotePainter.connect(replace(Settings(), engine=url, token=token), patience=patience)


def until(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what another thread or process does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It never comes."
        time.sleep(0.005)


class Gated(FakePipeline):
    """Draws no row until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may, self.rows, self.ends = threading.Semaphore(0), 0, 0

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        return self._held(super().draw(requests))

    def _held(self, steps: Steps[DrawEvent, tuple[Drawing, ...]]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        try:
            with Following(steps) as run:
                for event in run:
                    if isinstance(event, RowDrawn):
                        assert self.may.acquire(timeout=30)
                        self.rows += 1
                    yield event
                return run.result
        finally:
            self.ends += 1


class Line:
    """A line to engines, in turn, that breaks in the middle of a row: after so many on each connection."""

    def __init__(self, urls: Sequence[str], breaks: Sequence[int]) -> None:
        self._ports = [int(url.rpartition(":")[2]) for url in urls]
        self._breaks, self.connections = list(breaks), 0
        self._listener = listener("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(30)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = create_connection(("127.0.0.1", self._ports[self.connections % len(self._ports)]))
            self.connections += 1
            pairs = [(self._there, near, far), (self._back, far, near)]
            both = [threading.Thread(target=way, args=(one, other), daemon=True) for way, one, other in pairs]
            self._threads += both
            for thread in both:
                thread.start()

    def _there(self, near: socket, far: socket) -> None:
        with suppress(OSError):
            while piece := near.recv(65536):
                far.sendall(piece)
        _hang_up(far)

    def _back(self, far: socket, near: socket) -> None:
        seen, sent, end = b"", 0, None
        with suppress(OSError):
            while end is None and (piece := far.recv(65536)):
                seen += piece
                end = self._end(seen)
                near.sendall(seen[sent:end])
                sent = len(seen)
        for line in (near, far):
            _hang_up(line)
            line.close()

    def _end(self, seen: bytes) -> int | None:
        """Where a stream breaks: within the row after the last one that comes through."""
        if b"text/event-stream" not in seen or not self._breaks or seen.count(ROW) <= self._breaks[0]:
            return None
        place = -1
        for _ in range(self._breaks.pop(0) + 1):
            place = seen.index(ROW, place + 1)
        return place + 2 * len(ROW)


def _hang_up(line: socket) -> None:
    with suppress(OSError):
        line.shutdown(SHUT_RDWR)


@contextmanager
def process(port: int, row_seconds: float = 0.0) -> Iterator["subprocess.Popen[str]"]:
    """An engine with the fake model in a process of its own, once it listens; killed in the end."""
    command = [sys.executable, "-u", "-m", "tests.engines", str(port), str(row_seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None and "The engine is at" in child.stdout.readline()
            yield child
        finally:
            child.kill()


if __name__ == "__main__":
    ends_on_sigterm()
    with leaving_at_once():
        painter = FakePipeline(row_seconds=float(sys.argv[2]))
        serve_engine(
            painter, Settings(), "127.0.0.1", int(sys.argv[1]), lambda said: sys.stdout.write(f"{said}\n")
        )
