"""Starts the studio: ``python app.py``, and the entry of a Hugging Face Space."""

import sys

import lumina.server.zerogpu  # noqa: F401  # first, because ZeroGPU has to be there before torch
from lumina.ending import ends_on_sigterm, leaving_at_once
from lumina.errors import InputError
from lumina.files import check_current_folder

if __name__ == "__main__":
    ends_on_sigterm()
    with leaving_at_once():
        try:
            check_current_folder()
            from lumina.ui.app import serve  # seconds in which Ctrl-C already ends the program

            serve()
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
