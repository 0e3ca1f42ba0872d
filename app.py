"""Starts the studio: ``python app.py``, and the entry of a Hugging Face Space."""

import lumina.server.zerogpu  # noqa: F401  # first, because ZeroGPU has to be there before torch
from lumina.ui.app import serve

if __name__ == "__main__":
    serve()
