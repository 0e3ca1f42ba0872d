"""Starts the studio: ``python app.py``, as ``lumina ui`` does; the entry of a Hugging Face Space."""

import sys

try:
    from lumina.errors import InputError
    from lumina.process_end import ends_on_sigterm, leaving_at_once
    from lumina.terminal import ready
except KeyboardInterrupt:
    sys.exit(130)


def main() -> None:
    """Serve until interrupted."""
    if sys.argv[1:]:
        from lumina.cli.main import app

        return app(["ui", *sys.argv[1:]])
    from lumina.server.surroundings import prepare
    from lumina.settings import Settings

    for sentence in Settings.misspelt():
        sys.stderr.write(f"{sentence}\n")
    prepare()  # before anything imports Gradio
    import lumina.server.zerogpu  # noqa: F401  # first, because ZeroGPU has to be there before torch
    from lumina.ui.app import serve

    serve()


if __name__ == "__main__":
    ready()
    ends_on_sigterm()
    with leaving_at_once():
        try:
            main()
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(2)
