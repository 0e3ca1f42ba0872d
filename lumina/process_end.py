"""How the program ends: at once on SIGTERM and Ctrl-C, whatever its threads are computing."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOPPED = 130  # exit code after Ctrl-C, as shells have it
TERMINATED = 143  # after SIGTERM


def ends_on_sigterm() -> None:
    """End on SIGTERM, also as the first process of a container, for which the system has no such default."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(TERMINATED)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, end)


def _say(sentence: str) -> None:
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{sentence}\n")


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """Around a whole program: its exit code is kept, but its end waits for no thread.

    A thread that computes while the interpreter is taken down makes torch abort; and after some Ctrl-C the
    interpreter would end itself by the signal, whatever the code.
    """
    code: int | str | None = 0
    try:
        yield
    except KeyboardInterrupt:
        code = STOPPED
        _say("Stopped.")
    except SystemExit as end:
        code = end.code
    if code == TERMINATED:
        _say("Stopped.")
    if isinstance(code, str):
        _say(code)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if threading.active_count() > 1 or code == STOPPED:
        os._exit(code or 0)
    sys.exit(code or 0)
