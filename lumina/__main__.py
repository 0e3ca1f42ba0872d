"""``python -m lumina`` and ``lumina`` are the command line."""

try:
    from lumina.faults import is_out_of_memory, memory_sentence
    from lumina.process_end import ends_on_sigterm, leaving_at_once
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Run the command line, whose import Ctrl-C may already interrupt."""
    ends_on_sigterm()
    with leaving_at_once():
        try:
            from lumina.cli.main import main as run

            run()
        except Exception as error:  # of a library that cannot even be loaded
            if not is_out_of_memory(error):
                raise
            raise SystemExit(memory_sentence(error)) from error


if __name__ == "__main__":
    main()
