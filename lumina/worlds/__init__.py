"""The worlds that embedded models draw, by their names.

Adding one: write its folder with WORLD, LANGUAGE and SPEC (docs/adding-a-world.md), then name it in FOLDERS.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from lumina.worlds.base import World
from lumina.worlds.language import Language

WORLDS: dict[str, Callable[[], World]] = {}
"""Worlds that are not folders here: a name, and what gives the world."""
FOLDERS = ("tabletop", "stickers")
"""Worlds that are."""
SHIPPED = ("tabletop", "stickers")
"""Worlds of which a model comes with this program."""

SCENES = "tabletop"  # the world whose scenes the node of rendered scenes shows
UNNAMED = "tabletop"  # what a model draws whose folder is from before worlds had names


def is_known(name: str) -> bool:
    """Whether there is a world of this name; "" stands for none."""
    return name in ("", *FOLDERS, *WORLDS)


def world_of(name: str) -> World | None:
    """The world of this name, read on first use; None for "", a model that draws anything."""
    if not name:
        return None
    if name in WORLDS:
        return WORLDS[name]()
    world: World = import_module(f"lumina.worlds.{name}.world").WORLD
    return world


def language_of(name: str) -> Language | None:
    """The words of a world, without all else that it knows; None for ""."""
    if not name:
        return None
    if name in WORLDS:
        return WORLDS[name]().language
    language: Language = import_module(f"lumina.worlds.{name}.words").LANGUAGE
    return language


def spec_of_world(name: str) -> Mapping[str, Any]:
    """What the manifest of a model of a world says, without all else that is known of the world."""
    spec: Mapping[str, Any] = import_module(f"lumina.worlds.{name}.spec").SPEC
    return spec
