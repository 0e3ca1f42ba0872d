"""``python -m lumina`` is the command line."""

from lumina.cli.main import main

if __name__ == "__main__":
    main()
