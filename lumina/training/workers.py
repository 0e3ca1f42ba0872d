"""Work in several processes, which end with the one that started them."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import TypeVar

from lumina.steps import Progress, Steps

Job = TypeVar("Job")
PATIENCE = 1.0  # seconds


def each(
    work: Callable[[Job], object], jobs: Sequence[Job], workers: int, unit: str
) -> Steps[Progress, None]:
    """Do ``work`` on every job, in so many processes; closing it or an interruption ends them at once."""
    if workers == 1:
        for done, job in enumerate(jobs, start=1):
            work(job)
            yield Progress(done, len(jobs), unit=unit)
        return
    spawn = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=end_politely)
    try:
        with deaf_to_ctrl_c():
            futures = [pool.submit(_do, work, job) for job in jobs]
        for done, future in enumerate(futures, start=1):
            future.result()
            yield Progress(done, len(jobs), unit=unit)
    except BaseException:
        _end([process for process in multiprocessing.active_children() if process not in before])
        raise
    finally:
        pool.shutdown()


def _end(processes: Sequence[BaseProcess]) -> None:
    """Have them end, and end them where they take longer than a file takes to be deleted."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(PATIENCE)
        process.kill()


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C, which a terminal sends to all; who leads them ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _do(work: Callable[[Job], object], job: Job) -> None:
    """One job; told to end, the process leaves the file that it was writing whole or not at all."""
    try:
        work(job)
    except SystemExit:  # which the pool would take for an answer, and go on to the next job
        os._exit(1)


def end_politely() -> None:
    """On SIGTERM, end as a function that is left does, and not at once."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)
