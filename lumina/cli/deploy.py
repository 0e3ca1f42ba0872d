"""``lumina deploy``: the studio as a Hugging Face Space, or only what would be sent."""

from typing import TYPE_CHECKING, Annotated

import typer

from lumina.cli.console import AsJson, show
from lumina.errors import InputError

if TYPE_CHECKING:
    from lumina.server import space

Name = Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The Space; it is made if it is not there.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent, and what is wrong.")]


def deploy(name: Name = "", dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Send the studio to a Hugging Face Space, with the settings that are set here as its variables."""
    from lumina.server import space

    found = space.plan()
    if dry_run:
        told = {
            "files": dict(found.files),
            "bytes": sum(found.files.values()),
            "front_matter": dict(found.front),
            "variables": dict(found.variables),
            "notes": list(found.notes),
            "problems": list(found.problems),
        }
        show(told if as_json else _lines(found))
        if found.problems:
            raise typer.Exit(1)
        return
    if not name:
        raise InputError("Name the Space: `lumina deploy OWNER/NAME`; with --dry-run nothing is sent.")
    address = space.send(found, name)
    show({"address": address} if as_json else [f"Sent; the Space builds at {address}."])


def _lines(found: "space.Shipment") -> list[str]:
    """For people: files with their sizes, then the rest, problems last."""
    files = [f"{size:>12,}  {name}" for name, size in found.files.items()]
    return [
        *files,
        f"{sum(found.files.values()):>12,}  bytes in {len(found.files)} files",
        *(f"front matter  {name}: {value}" for name, value in found.front.items()),
        *(f"variable  {name}={value}" for name, value in found.variables.items()),
        *(f"note  {note}" for note in found.notes),
        *(f"PROBLEM  {problem}" for problem in found.problems),
    ]
