"""The things that free wording names: how many of what, and the qualities that are said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lumina.worlds.reading.grammar import Grammar, ThingSaid
from lumina.worlds.reading.signs import Sign
from lumina.worlds.reading.uses import NUMBERS, Uses

ALIKE = ("alike:color", "alike:size")  # "of the same colour"

Side = tuple[str, Sign]
"""A side of the picture, and the sign that says it."""


@dataclass(frozen=True)
class Share:
    """What is said of some of several, and at which side of the picture they are."""

    number: Sign
    said: list[Sign]
    side: Side | None = None


@dataclass
class Things:
    """Those that have been named so far, in their order."""

    grammar: Grammar
    uses: Uses
    all: list[ThingSaid] = field(default_factory=list)
    sides: dict[int, Side] = field(default_factory=dict)  # who stands at a side of the picture
    shares: list[Share] = field(default_factory=list)  # of the last: "one red, one blue"
    elliptic: list[tuple[Sign, list[Sign]]] = field(default_factory=list)  # "a red" before "blue cube"
    is_elliptic_closed: bool = False  # whether the last of these ends a clause
    _colors: dict[int, list[Sign]] = field(default_factory=dict)  # of several: "cubes, red and blue"
    _set_by: dict[tuple[int, str], Sign] = field(default_factory=dict)  # who has said a quality of a thing

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[ThingSaid]:
        return iter(self.all)

    def __getitem__(self, at: int) -> ThingSaid:
        return self.all[at]

    @property
    def total(self) -> int:
        """How many there are, each of several counted."""
        return sum(thing.count for thing in self.all)

    @property
    def unshared(self) -> int:
        """How many of the last things have no part of their own: "two cubes, one red and one blue"."""
        several = self.all[-1].count if self.all else 0
        return several - sum(NUMBERS[share.number] for share in self.shares) if several > 1 else 0

    def named(self, noun: str) -> list[int]:
        """Where those of a noun are."""
        return [at for at, thing in enumerate(self.all) if thing.noun == noun]

    def told_by(self, said: Sequence[Sign], noun: str = "") -> int | None:
        """Where the only one of these qualities is: "the red one", "the red cube"."""
        if not self.unshared:
            self.share_out()
        places = self.named(noun) if noun else range(len(self.all))
        alike = [at for at in places if said and self.all[at].qualities.issuperset(said)]
        return alike[0] if len(alike) == 1 else None

    def settle_elliptic(self) -> None:
        """Of "a large ball and a small", the small is a ball, too, where nothing else is named."""
        for number, said in self.elliptic if self.all and self.is_elliptic_closed else ():
            self._put(ThingSaid(self.uses.count(number), self.all[-1].noun), said)
        self.elliptic = [] if self.is_elliptic_closed else self.elliptic

    def new(self, noun: str, number: Sign | None, is_plural: bool, said: Sequence[Sign]) -> int:
        """Where another one is put, of which ``said`` will be said."""
        self.share_out()
        joined = list[Sign]()
        if number is None and not is_plural and [NUMBERS[one] for one, _ in self.elliptic] == [1]:
            ((one, joined),) = self.elliptic  # "a red and blue cube" is one
            self.uses.use(one)
            self.elliptic = []
        for other, qualities in self.elliptic:
            self._put(ThingSaid(self.uses.count(other), noun), qualities)
        self.elliptic = []
        colors = len(set(said).intersection(self.grammar.kinds["color"]))
        several = max(2, colors) if is_plural else 1
        if noun in self.grammar.uncounted:
            if number and NUMBERS[number] > 1:
                self.uses.explain(self.grammar.reasons.uncounted, number)
            number, several = None, 1
        return self._put(ThingSaid(self.uses.count(number) or several, noun), joined)

    def more(self, another: Sign, said: Sequence[Sign]) -> int:
        """One more of the last, of other qualities where some are said: "and another one"."""
        self.share_out()
        self.uses.use(another)
        like = self.all[-1]
        return self._put(ThingSaid(1, like.noun) if said else replace(like, count=1), said)

    def count_last(self, number: Sign | None) -> None:
        """As in "cubes, three of them"."""
        if number and self.all and 1 < NUMBERS[number] < NUMBERS["many"]:
            self.all[-1] = replace(self.all[-1], count=self.uses.count(number))

    def part_of(self, at: int, number: Sign) -> int:
        """Where some of several are, of which something is said alone: "one of the cubes is red"."""
        several, count = self.all[at], NUMBERS[number]
        if several.count <= count:
            return at
        self.all[at] = replace(several, count=several.count - count)
        return self._put(replace(several, count=self.uses.count(number)), ())

    def _put(self, thing: ThingSaid, said: Sequence[Sign]) -> int:
        self.all.append(thing)
        self.add(len(self.all) - 1, said)
        return len(self.all) - 1

    def add(self, at: int, said: Sequence[Sign], is_corrected: bool = False) -> None:
        """Say qualities of a thing; what it has already stays, unless it ``is_corrected``."""
        for sign in said:
            quality = self._quality(at, sign)
            kind = self.grammar.kind_of(quality)
            known = self.all[at].of(kind)
            if not kind:
                reasons = self.grammar.reasons
                is_of_ground = sign in self.grammar.grounds
                self.uses.leave(reasons.of_ground.format(sign) if is_of_ground else reasons.of_nothing, sign)
            elif known in (None, quality) or is_corrected:
                if known not in (None, quality) and (before := self._set_by.get((at, kind))):
                    self.uses.leave(self.grammar.reasons.one_quality, before)
                self.all[at] = self.all[at].but(kind, quality)
                self._set_by[at, kind] = sign
                self.uses.use(sign)
            elif kind == "color" and self.all[at].count > 1:
                self._colors.setdefault(at, [self._set_by.get((at, kind), Sign(known))]).append(sign)
            elif not self.uses.is_used(sign):
                self.uses.leave(self.grammar.reasons.one_quality, sign)

    def _quality(self, at: int, sign: Sign) -> str:
        """What a sign says of a thing; "of the same colour" says that of the one before it."""
        if sign not in ALIKE:
            return str(sign)
        kind = sign.partition(":")[2]
        found = (thing.of(kind) for thing in reversed(self.all[:at]))
        return next((quality for quality in found if quality), "")

    def add_to_all(self, said: Sequence[Sign]) -> None:
        """Say qualities of each thing that has none of the kind."""
        for at, thing in enumerate(self.all):
            kinds = {sign: self.grammar.kind_of(sign) for sign in said}
            self.add(at, [sign for sign in said if not kinds[sign] or thing.of(kinds[sign]) is None])

    def agrees(self, at: int, said: Sequence[Sign]) -> bool:
        """Whether a thing may have these qualities, with those that it has."""
        thing, grounds = self.all[at], self.grammar.grounds
        kinds = {sign: self.grammar.kind_of(sign) or ("color" if sign in grounds else "") for sign in said}
        return all(not kind or thing.of(kind) in (None, quality) for quality, kind in kinds.items())

    def share_out(self) -> None:
        """Let each share of the last be a thing of its own."""
        if self.shares:
            rest = self.unshared
            whole = self.all.pop()
            for share in self.shares:
                at = self._put(replace(whole, count=self.uses.count(share.number)), share.said)
                if share.side:
                    self.sides[at] = share.side
            if rest:
                self.all.append(replace(whole, count=rest))
            self.shares = []

    def leave_sums_out(self) -> None:
        """Of "two balls: a red ball and a blue ball" the first, which says how many there are."""
        for at, whole in enumerate(self.all):
            parts = self.all[at + 1 : at + 1 + whole.count]
            after = self.all[at + 1 + whole.count :][:1]
            is_sum = len(parts) == whole.count > 1 and not whole.said
            is_each = all(part.noun == whole.noun and part.count == 1 and part.said for part in parts)
            if is_sum and is_each and all(each.noun != whole.noun for each in after):
                del self.all[at]
                self.sides = {each - (each > at): side for each, side in self.sides.items() if each != at}
                self._set_by = {(each - (each > at), kind): by for (each, kind), by in self._set_by.items()}
                return

    def part_colors(self) -> None:
        """Let each colour of several be one of its own: "two cubes, red and blue"."""
        for at, colors in sorted(self._colors.items(), reverse=True):
            thing = self.all[at]
            if len(colors) == thing.count:
                self.uses.use(*colors)
                parts = [replace(thing, count=1).but("color", color) for color in colors]
                self.all[at : at + 1] = parts
            else:
                self.uses.leave(self.grammar.reasons.one_quality, *colors[1:])

    def possible(self) -> list[ThingSaid]:
        """All of them, without what they cannot be."""
        return [self._possible(at, thing) for at, thing in enumerate(self.all)]

    def _possible(self, at: int, thing: ThingSaid) -> ThingSaid:
        for kind, quality in thing.said:
            if not self.grammar.can_be(thing.noun, kind, quality):
                if said := self._set_by.get((at, kind)):
                    self.uses.leave(self.grammar.reasons.no_such, said)
                thing = thing.but(kind, None)
        return thing


def merged(things: Sequence[ThingSaid]) -> list[ThingSaid]:
    """With those that are alike as one: two red cubes."""
    counts: dict[ThingSaid, int] = {}
    for thing in things:
        alike = replace(thing, count=1)
        counts[alike] = counts.get(alike, 0) + thing.count
    return [replace(thing, count=count) for thing, count in counts.items()]
