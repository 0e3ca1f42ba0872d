"""What became of each sign of free wording: it is drawn, or left with why it is not."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.signs import NEVER, OR, PILE, SHADE, STUFF, UNKNOWN, Sign

NUMBERS = {"a": 1, "another": 1, "two": 2, "three": 3, "four": 4, "many": 5}  # five or more: too many
ALL = ("them", "both")
HARMLESS = frozenset(["a", "the", "and", ",", "with", "it", *ALL, "ground", UNKNOWN, NOT])

NO_SHADES = "no colour has shades"
NOT_WANTED = "what is not to be there cannot be said"
ARRANGED = "how several are arranged cannot be said"
UNCLEAR = "it is not clear of what it is said"
CHOICE = "say which of the two: nothing is chosen"


@dataclass
class Uses:
    """The signs that are drawn, and the reasons of those that are not."""

    _used: set[int] = field(default_factory=set)  # signs by identity
    _why: dict[int, str] = field(default_factory=dict)

    def use(self, *signs: Sign) -> None:
        """These are drawn."""
        self._used.update(id(sign) for sign in signs)

    def leave(self, why: str, *signs: Sign) -> None:
        """These are not drawn, and why."""
        self._used.difference_update(id(sign) for sign in signs)
        self.explain(why, *signs)

    def explain(self, why: str, *signs: Sign) -> None:
        """Why these are not drawn, unless they are."""
        self._why.update((id(sign), why) for sign in signs)

    def is_used(self, sign: Sign) -> bool:
        """Whether it is drawn."""
        return id(sign) in self._used

    def is_explained(self, sign: Sign) -> bool:
        """Whether it is known why it is not drawn."""
        return id(sign) in self._why

    def count(self, number: Sign | None) -> int:
        """What a number says, which is drawn; 0 of none."""
        if number is None:
            return 0
        self.use(number)
        return NUMBERS[number]

    def left(self, signs: Iterable[Sign], total: int, no_such: str) -> list[tuple[Sign, str]]:
        """Of all the signs those that are not drawn, each with why; a number of ``total`` things says nothing
        new, and ``no_such`` is why nothing is made of a stuff, or has a colour."""
        why = {OR: CHOICE, PILE: ARRANGED, SHADE: NO_SHADES, STUFF: no_such, NEVER: no_such}
        return [
            (sign, self._why.get(id(sign), why.get(sign, UNCLEAR)))
            for sign in signs
            if not self.is_used(sign)
            and sign not in HARMLESS
            and (self.is_explained(sign) or NUMBERS.get(sign) != total)
        ]
