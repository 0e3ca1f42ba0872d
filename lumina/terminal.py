"""Streams of a program that no terminal, pipe or full disk may turn into an error."""

import io
import os
import sys
import warnings
from contextlib import suppress


class Notes(io.TextIOWrapper):
    """A stream that nobody has to be able to read."""

    def write(self, text: str, /) -> int:
        """Print a text if that is possible."""
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Send what was printed if that is possible."""
        with suppress(OSError):
            super().flush()


def ready(stdout: type[io.TextIOWrapper] = Notes) -> None:
    """Print a ? for what an encoding lacks, by a ``stdout`` of this kind and a stderr that never fails.

    What libraries tell programmers is left out, unless Python was asked for it (``-W``).
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for name, kind in (("stdout", stdout), ("stderr", Notes)):
        stream = getattr(sys, name)
        if stream is None:  # closed: libraries ask it all the same whether it is a terminal
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # until the program ends
        elif isinstance(stream, io.TextIOWrapper):
            encoding, is_by_line = stream.encoding, stream.line_buffering
            setattr(sys, name, kind(stream.detach(), encoding, "replace", line_buffering=is_by_line))
