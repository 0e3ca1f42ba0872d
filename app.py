"""Starts the studio: ``python app.py``, and the entry of a Hugging Face Space."""

import sys

import lumina.server.zerogpu  # noqa: F401  # first, because ZeroGPU has to be there before torch
from lumina.errors import InputError
from lumina.ui.app import serve

if __name__ == "__main__":
    try:
        serve()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
