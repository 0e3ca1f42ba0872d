"""How long tasks have taken here, so that a plan can say how long the next run will take."""

import json
from contextlib import suppress
from pathlib import Path
from threading import Lock

from lumina.files import write_whole

WEIGHT = 0.3  # of the newest time; older ones fade


class Timings:
    """Seconds of one run of a task with a model, remembered in ``file`` if there is one."""

    def __init__(self, file: Path | None = None) -> None:
        self._file, self._lock, self._seconds = file, Lock(), dict[str, float]()
        if file is not None:
            with suppress(OSError, ValueError, TypeError, AttributeError):
                read = json.loads(file.read_text(encoding="utf-8"))
                self._seconds = {str(name): float(seconds) for name, seconds in read.items()}

    def note(self, task: str, model: str, seconds: float) -> None:
        """Remember how long one run took."""
        name = f"{task} {model}"
        with self._lock:
            before = self._seconds.get(name, seconds)
            self._seconds[name] = round(before + WEIGHT * (seconds - before), 4)
            with suppress(OSError):
                self._save()

    def expect(self, task: str, model: str) -> float | None:
        """Seconds that one run will take, None where nothing alike has run before."""
        return self._seconds.get(f"{task} {model}")

    def _save(self) -> None:
        if self._file is None:
            return
        write_whole(self._file, json.dumps(self._seconds).encode(), lasting=False)
