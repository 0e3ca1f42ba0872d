"""What the surroundings decide (model, precision, folders), read from the environment in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from lumina.errors import InputError

Dtype = Literal["float32", "bfloat16", "float64"]


@dataclass(frozen=True)
class Settings:
    """One value per environment variable ``LUMINA_<NAME>``; the defaults need no environment at all.

    ``threads`` 0 leaves the number of CPU threads to torch; ``device`` "auto" takes a GPU where there is one.
    ``outputs`` is the folder that pictures are written to, ``cache`` the one that results of workflows are
    kept in, so that nothing is drawn twice.
    """

    model: str = "tabletop"
    dtype: Dtype = "float32"
    window: int = 16
    threads: int = 0
    device: str = "auto"
    outputs: Path = Path("outputs")
    cache: Path = Path("~/.cache/lumina-studio")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read ``LUMINA_*`` variables; raises InputError naming the variable that does not make sense."""
        given = os.environ if environment is None else environment
        default = cls()
        return cls(
            model=given.get("LUMINA_MODEL") or default.model,
            dtype=_dtype(given.get("LUMINA_DTYPE") or default.dtype),
            window=_whole("LUMINA_WINDOW", given, default.window, low=1, high=256),
            threads=_whole("LUMINA_THREADS", given, default.threads, low=0, high=1024),
            device=given.get("LUMINA_DEVICE") or default.device,
            outputs=Path(given.get("LUMINA_OUTPUTS") or default.outputs),
            cache=Path(given.get("LUMINA_CACHE") or default.cache),
        )


def _dtype(text: str) -> Dtype:
    for known in get_args(Dtype):
        if text == known:
            return known  # type: ignore[no-any-return]
    raise InputError(f"LUMINA_DTYPE must be one of {', '.join(get_args(Dtype))}, not {text!r}.")


def _whole(name: str, given: Mapping[str, str], default: int, *, low: int, high: int) -> int:
    text = given.get(name) or str(default)
    if not (text.isdecimal() and low <= int(text) <= high):
        raise InputError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)
