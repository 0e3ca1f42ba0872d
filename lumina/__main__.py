"""``python -m lumina`` and the console script ``lumina``: the command line."""

from lumina.ending import ends_on_sigterm, leaving_at_once


def main() -> None:
    """Read the command and do it; whatever is being imported, Ctrl-C ends it in one sentence."""
    ends_on_sigterm()
    with leaving_at_once():
        from lumina.cli.main import main as command

        command()


if __name__ == "__main__":
    main()
