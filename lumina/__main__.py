"""``python -m lumina`` and ``lumina`` are the command line."""

try:
    from lumina.process_end import ends_on_sigterm, leaving_at_once
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line, whose import Ctrl-C may already interrupt."""
    ends_on_sigterm()
    with leaving_at_once():
        from lumina.cli.main import main as run

        run()


if __name__ == "__main__":
    main()
