"""The worlds that embedded models draw, each with its exact truth."""

from importlib import import_module
from typing import cast

from lumina.worlds.wording import Language

WORLDS = ("tabletop",)


def language_of(world: str) -> Language | None:
    """The words of a world by its name; None for "", a model that draws anything."""
    return cast(Language, import_module(f"lumina.worlds.{world}.words")) if world else None
