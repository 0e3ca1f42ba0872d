"""How each world spells a person's words."""

from collections.abc import Callable
from dataclasses import dataclass

from lumina.worlds.tabletop.wording import normalize, normalize_name


@dataclass(frozen=True)
class Wording:
    """Brings a sentence, or the name of a thing, to the spelling that the world's model was trained on."""

    sentence: Callable[[str], str]
    name: Callable[[str], str]


_WORDINGS = {"tabletop": Wording(normalize, normalize_name)}


def wording_of(model: str) -> Wording | None:
    """That of the model's world; None for a model that takes words as they are typed."""
    return _WORDINGS.get(model)
