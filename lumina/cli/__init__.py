"""The command line, and the one door to typer and rich."""
