"""What an instruction in free wording says: what is named and what for, what is said of it, and the verbs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.edit_grammar import EditGrammar
from lumina.worlds.reading.edit_named import COMPARED, SHADED, Named, is_said
from lumina.worlds.reading.signs import Sign
from lumina.worlds.reading.things import ALIKE

INTO = frozenset(["=replace", "=swap", "=turn", "=change"])  # verbs of what becomes something else
VERBS = INTO | {
    "=give", "=rotate", "=exchange",
    "=make", "=paint", "=remove", "=add", "=put", "=move", "=take", "=away", "=want", "=undo"
}  # fmt: skip
_SLOTS = {"=into": "new", "=for": "new", "with": "new", "=instead": "instead", "=from": "from"}


@dataclass
class EditSaid:
    """What has been said up to here."""

    grammar: EditGrammar
    signs: Sequence[Sign]
    words: Sequence[str]  # which the signs were read from
    _used: set[int] = field(default_factory=set)
    _verbs: set[str] = field(default_factory=set)
    _things: list[Named] = field(default_factory=list)
    _new: list[Named] = field(default_factory=list)  # after "into", "with"
    _instead: list[Named] = field(default_factory=list)  # after "instead of"
    _denied: list[Named] = field(default_factory=list)  # after "no"
    _refused: list[Sign] = field(default_factory=list)  # the same, and the "no"
    _pronouns: list[Named] = field(default_factory=list)
    _places: list[tuple[Sign, Named | None]] = field(default_factory=list)  # "left of", and of what
    _on: list[tuple[Sign, Named]] = field(default_factory=list)
    _nowhere: list[list[Sign]] = field(default_factory=list)  # places that cannot be said
    _ways: list[Sign] = field(default_factory=list)
    _grounds: list[Sign] = field(default_factory=list)  # what is said of the ground
    _described: set[int] = field(default_factory=set)  # of that what stands before the noun, as it is
    _lights: list[Sign] = field(default_factory=list)
    _said: list[tuple[Sign, Named | None]] = field(default_factory=list)  # qualities, and what they follow
    _before: list[Sign] = field(default_factory=list)  # what it was: "from red"
    _slot: str = ""  # what the next thing is named for
    _is_of_ground: bool = False

    def _take(self, parts: Sequence[Named | Sign]) -> None:
        last: Named | None = None
        for part in parts:
            if isinstance(part, Sign):
                self._take_sign(part, last)
            else:
                if not self._is_known(part):
                    self._take_named(part)
                    last = part
                self._slot = self._slot if self._slot in ("nowhere", "not") else ""
        self._take_what_is_on()

    def _take_what_is_on(self) -> None:
        """What is on a thing, in a world where that is a place beside it."""
        relation = self.grammar.scene.on
        on = [each for each in self._on if relation and each[1].is_thing]
        self._on = [each for each in self._on if each not in on]
        self._places += [(Sign(f"~of:{relation}", sign.start, sign.end), thing) for sign, thing in on]

    def _is_known(self, part: Named) -> bool:
        """Whether a pronoun stands for what has been named."""
        is_known = part.noun == "it" and not self._slot and any(each.is_thing for each in self._things)
        self._use(*(part.signs if is_known else ()))
        return is_known

    def _take_named(self, part: Named) -> None:
        slot = self._slot
        if slot == "nowhere":
            self._nowhere[-1] += part.signs
        elif slot == "not":
            self._refused += part.signs
            self._denied.append(part)
        elif part.noun == "ground":
            self._is_of_ground = True
            self._grounds += part.qualities
            self._described.update(map(id, part.qualities))
            self._on[-1:] = [(self._on[-1][0], part)] if slot == "on" else self._on[-1:]
        elif slot == "place":
            self._places[-1] = self._places[-1][0], part
        elif slot == "on":
            self._on[-1] = self._on[-1][0], part
        elif slot == "instead":
            self._instead.append(part)
        elif slot == "new" and (self._things or self._pronouns):
            self._new.append(part)
        elif part.noun in ("it", ""):
            self._pronouns.append(part)
        else:
            self._things.append(part)

    def _take_sign(self, sign: Sign, last: Named | None) -> None:
        kind = sign.partition(":")[0]
        if sign in COMPARED or is_said(sign, self.grammar) or sign in ALIKE:
            self._take_quality(sign, last)
        elif sign in self.grammar.scene.lights or sign in SHADED:
            (self._refused if self._slot == "not" else self._lights).append(sign)
        elif kind in ("~of", "~east"):
            self._take_place(sign, kind)
        elif kind in ("=way", "~at", "~next", "~row"):
            self._ways.append(sign)
        elif sign in VERBS:
            self._take_verb(sign)
        else:
            self._take_mark(sign)

    def _take_verb(self, sign: Sign) -> None:
        if self._slot == "not" and sign != "=want":  # "do not move it"
            self._refused.append(sign)
        else:
            self._verbs.add(str(sign))
            self._slot = self._slot if self._slot == "not" else ""

    def _take_mark(self, sign: Sign) -> None:
        """What says what comes next."""
        if sign in (",", "and"):
            self._slot = "nowhere" if self._slot == "nowhere" and sign == "and" else ""
        elif sign == NOT:
            self._slot = "not"
            self._refused.append(sign)
        elif sign == "on":
            self._slot = "on"
            self._on.append((sign, Named()))
        elif sign == "~no" or sign.startswith("~its"):
            self._slot = "nowhere"
            self._nowhere.append([sign])
        else:
            self._slot = _SLOTS.get(sign, self._slot)

    def _take_place(self, sign: Sign, kind: str) -> None:
        """A place of what comes next; in Chinese and Japanese of what came last."""
        last = None
        if kind == "~east":
            last = self._on.pop()[1] if self._on else self._things.pop() if len(self._things) > 1 else None
        self._places.append((sign, last))
        self._slot = "" if last else "place"

    def _take_quality(self, sign: Sign, last: Named | None) -> None:
        is_after_ground = last is not None and last.noun == "ground"
        is_of_ground = self._slot == "on" or is_after_ground or (self._is_of_ground and not self._things)
        if self._slot == "not":
            self._refused.append(sign)
        elif self._slot in ("from", "instead"):
            self._before.append(sign)
        elif self._slot == "nowhere":
            self._nowhere[-1].append(sign)
        elif is_of_ground and is_said(sign, self.grammar):
            self._grounds.append(sign)
        else:
            self._said.append((sign, last))

    def _use(self, *signs: Sign) -> None:
        self._used.update(map(id, signs))
