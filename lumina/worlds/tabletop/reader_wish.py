"""What free wording wants to have changed: what is named, what is said of it, and the one wish that follows.

Every sign is in the wish, or harmless, or named with why it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lumina.worlds.language import ONE_WISH
from lumina.worlds.tabletop.captions import Thing
from lumina.worlds.tabletop.instructing import TEMPLATES
from lumina.worlds.tabletop.reader_named import COMPARED, SAID, SEVERAL, SIDE, Named, named_in
from lumina.worlds.tabletop.reader_scene import (
    ALIKE,
    NO_SHADES,
    NO_SUCH,
    NOT,
    NOT_THERE,
    NOT_WANTED,
    OF_NOTHING,
    ON_SOLID,
    ONE_OF_EACH,
    ONE_QUALITY,
)
from lumina.worlds.tabletop.reader_signs import UNKNOWN, Sign
from lumina.worlds.tabletop.reader_words import SHADE
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, LIGHTS, MATERIALS, SIZES, materials_of
from lumina.worlds.tabletop.wishes import EditWish

WHICH = 'say which solid is meant, as "the red cube": the words are read without the picture'
WHICH_QUALITY = "say which: the words are read without the picture"
TOLD_BY = "a solid is told by its size, colour and shape"
BESIDE = 'where it is to stand is said beside another solid only, as "left of the red cube"'
ONE_SOLID = "one solid at a time is changed"
NO_EXCHANGE = "two solids cannot change places in one edit"
NO_MATERIAL = "no edit changes what a solid is made of"
SAY_WHAT = 'say what is to be done with it, as "add …", "remove …" or "make … red"'
SAY_WHERE = 'say where to, as "to the left" or "left of the red cube"'
NO_REMOVAL = "there is always a ground"
TURNS = "to go back, click an earlier picture in the row of turns"

_HARMLESS = frozenset(["a", "the", "another", "and", ",", "with", "it", "on", "!", "=middle", UNKNOWN])
_MEANS_NOTHING = _HARMLESS | {"=into", "=for", "=from", "=want", "=light"}
_BRIGHTER = {"=brighter": "daylight", "=darker": "night"}
_INTO = {f"={text.split(' ')[0]}": text for text in TEMPLATES["replace"]}
_VERBS = frozenset(
    [*_INTO, "=make", "=paint", "=remove", "=add", "=put", "=move", "=take", "=away", "=want", "=undo"]
)
_SLOTS = {"=into": "new", "=for": "new", "with": "new", "=instead": "instead", "=from": "from"}
_ROMANCE = frozenset(["un", "une", "uno", "una", "um", "uma"])  # a quality after the noun is the noun's

Left = tuple[Sequence[Sign], str]
"""Signs that are not in the wish, and why."""


class NoWish(Exception):
    """What is said cannot be one change; ``left`` says why."""

    def __init__(self, why: str, signs: Iterable[Sign]) -> None:
        said = list(signs)
        self.left: list[Left] = [] if UNKNOWN in said or not said else [(said, why)]
        super().__init__(why)


@dataclass
class WishSaid:
    """What has been said up to here, and the wish that it makes up."""

    signs: Sequence[Sign]
    words: Sequence[str]  # which the signs were read from
    wish: EditWish | None = None
    left: list[Left] = field(default_factory=list)  # what is not in the wish; without one, why there is none
    _used: set[int] = field(default_factory=set)
    _verbs: set[str] = field(default_factory=set)
    _solids: list[Named] = field(default_factory=list)
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

    def __post_init__(self) -> None:
        """Take all of it, and make a wish of it."""
        self._take(list(named_in(self.signs)))
        try:
            self.wish = self._made()
        except NoWish as no:
            self.left = no.left
        else:
            self.left += self._unused() if self.wish else []

    @property
    def is_refused(self) -> bool:
        """Whether there is no wish, and it is known why."""
        return self.wish is None and bool(self.left)

    def goes_on(self, before: "WishSaid") -> bool:
        """Whether what was added to ``before`` is a part of the same wish, and all of it is used."""
        old, new = before.wish, self.wish
        if old is None or new is None or old.operation != new.operation:
            return False
        added = {id(sign) for sign in self.signs[len(before.signs) :]}
        is_left = any(id(signs[0]) in added for signs, _ in self.left)
        is_same = old.value == new.value and old.relation in (None, new.relation)
        return is_same and not is_left

    # -- what is said

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

    def _is_known(self, part: Named) -> bool:
        """Whether a pronoun stands for what has been named."""
        is_known = part.noun == "it" and not self._slot and any(each.is_solid for each in self._solids)
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
        elif slot == "new" and (self._solids or self._pronouns):
            self._new.append(part)
        elif part.noun in ("it", ""):
            self._pronouns.append(part)
        else:
            self._solids.append(part)

    def _take_sign(self, sign: Sign, last: Named | None) -> None:
        kind = sign.partition(":")[0]
        if sign in COMPARED or sign in SAID or sign in ALIKE:
            self._take_quality(sign, last)
        elif sign in LIGHTS or sign in _BRIGHTER:
            self._lights.append(sign)
        elif kind in ("~of", "~east"):
            self._take_place(sign, kind)
        elif kind in ("=way", "~at", "~next", "~row"):
            self._ways.append(sign)
        elif sign in _VERBS:
            self._verbs.add(str(sign))
            self._slot = self._slot if self._slot == "not" else ""
        else:
            self._take_mark(sign)

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
            last = self._on.pop()[1] if self._on else self._solids.pop() if len(self._solids) > 1 else None
        self._places.append((sign, last))
        self._slot = "" if last else "place"

    def _take_quality(self, sign: Sign, last: Named | None) -> None:
        is_after_ground = last is not None and last.noun == "ground"
        is_of_ground = self._slot == "on" or is_after_ground or (self._is_of_ground and not self._solids)
        if self._slot == "not":
            self._refused.append(sign)
        elif self._slot in ("from", "instead"):
            self._before.append(sign)
        elif self._slot == "nowhere":
            self._nowhere[-1].append(sign)
        elif is_of_ground and sign in SAID:
            self._grounds.append(sign)
        else:
            self._said.append((sign, last))

    # -- what is wished

    def _made(self) -> EditWish | None:
        if self._does("=undo"):
            raise NoWish(TURNS, [sign for sign in self.signs if sign == "=undo"])
        ways = (
            self._reground, self._relight, self._exchange, self._remove, self._add, self._move, self._alter,
        )  # fmt: skip
        wish = next((wish for way in ways if (wish := way()) is not None), None)
        if wish is None:
            self._say_what_is_missing()
        return wish

    def _does(self, *verbs: str) -> bool:
        return not self._verbs.isdisjoint(verbs)

    @property
    def _is_changed(self) -> bool:
        """Whether it is said from what to what."""
        marks = ("=from", "=into", "=instead", "=for")
        return self._does(*_INTO) or any(sign in marks for sign in self.signs)

    def _reground(self) -> EditWish | None:
        solids = self._solids
        is_put = any(named.noun in ("ground", "") for _, named in self._on)
        is_free = not solids or (is_put and not any(each.is_new for each in solids))
        if not self._grounds or not is_free or self._said or self._does("=remove", "=add"):
            return None
        target = self._grounds[-1]
        if target not in GROUNDS:
            return None
        others = [sign for sign in self._grounds if sign != target and id(sign) not in self._described]
        self._leave(ONE_OF_EACH, *(others[:1] if not self._is_changed else ()))
        self._use(*(sign for sign in self._grounds if sign in GROUNDS))
        self._use(*(sign for each in solids for sign in each.signs))
        way = 1 if self._does("=change") else 2 if self._does("=turn") else 0
        return EditWish(TEMPLATES["reground"][way], value=str(target))

    def _relight(self) -> EditWish | None:
        if not self._lights or self._solids or self._is_of_ground or self._grounds or self._said:
            return None
        if self._does("=remove", "=add"):
            return None
        lights = [_BRIGHTER.get(sign, str(sign)) for sign in self._lights]
        target = lights[-1]
        if not self._is_changed:
            others = (sign for sign, light in zip(self._lights, lights, strict=True) if light != target)
            self._leave(ONE_OF_EACH, *others)
        self._use(*self._lights)
        return EditWish(TEMPLATES["relight"][1 if self._does("=change") else 0], value=target)

    def _exchange(self) -> EditWish | None:
        """One solid becomes another one."""
        pair = self._exchanged()
        if pair is None:
            return None
        it, new = pair
        old = self._thing(it, [*self._before, *self._following(it)])
        if not new.is_solid:
            raise NoWish(WHICH, new.signs)
        thing = self._thing(new, self._following(new))
        if old.shape == thing.shape and thing.color is None and thing.size is None:
            raise NoWish(NO_MATERIAL if thing.material else SAY_WHAT, new.signs)
        self._leave(ONE_SOLID, *(sign for sign in new.signs if sign in SEVERAL))
        self._leave_places(TOLD_BY)
        is_turned = self._does("=make", "=paint") and not self._does(*_INTO)
        template = next((_INTO[verb] for verb in _INTO if verb in self._verbs), TEMPLATES["replace"][0])
        return EditWish(_INTO["=turn"] if is_turned else template, old, thing)

    def _exchanged(self) -> tuple[Named, Named] | None:
        """What is replaced, and what it becomes."""
        if self._instead and self._instead[0].noun:
            others = [*self._new, *self._solids]
            return (self._instead[0], others[0]) if others else None
        is_asked, is_made = self._does(*_INTO), self._does("=make", "=paint", "=want")
        named = [*self._solids, *self._new]
        if self._pronouns and len(named) == 1 and (named == self._new or named[0].is_new):
            named = [self._pronouns[0], *named]
        is_arrow = not self._verbs and bool(self._new)
        if len(named) < 2 or not (is_asked or is_made or is_arrow):
            return None
        it, new = named[:2]
        if it.is_new and new.article == "the":
            it, new = new, it
        elif is_asked and not self._new and new.article == "the":
            raise NoWish(NO_EXCHANGE, [*it.signs, *new.signs])
        is_into = bool(self._new) and new is self._new[0] and not self._does("=want")
        return (it, new) if new.is_new or is_into or (is_asked and not new.article) else None

    def _remove(self) -> EditWish | None:
        is_away = self._does("=away") and not self._does("=add", "=move")
        is_denied = bool(self._denied) and not (self._solids or self._said or self._does("=move", *_INTO))
        if not (self._does("=remove") or is_away or is_denied):
            return None
        is_idle = all(sign in (NOT, "it", "the") for sign in self._refused) and bool(self._denied)
        if is_idle and self._solids:
            self._use(*self._refused)  # "remove the cone, I do not need it"
        elif self._refused and not is_denied:
            raise NoWish(NOT_WANTED, self._refused)
        if self._refused and self._does("=remove", "=add") and not self._solids:
            raise NoWish(NOT_WANTED, self._refused)  # "do not remove the cube"
        found = [*self._solids, *(self._denied if is_denied else ()), *self._new]
        if not found:
            return None
        if is_denied:
            self._use(*self._denied[0].signs, *(sign for sign in self._refused if sign == NOT))
        self._leave_places(TOLD_BY)
        return EditWish(TEMPLATES["remove"][0], self._thing(found[0], self._following(found[0])))

    def _add(self) -> EditWish | None:
        new = next(iter(self._solids), None)
        if new is None or not new.is_solid or not self._is_added(new):
            return None
        thing = self._thing(new, self._following(new), is_new=True)
        self._leave(ONE_SOLID, *(sign for sign in new.signs if sign in SEVERAL))
        place = self._place()
        self._leave_places(BESIDE)
        if place is None:
            return EditWish(TEMPLATES["add"][0], new=thing)
        return EditWish(TEMPLATES["add at"][0], new=thing, relation=place[0], anchor=place[1])

    def _is_added(self, new: Named) -> bool:
        if self._does("=add"):
            return True
        if not new.is_new or self._does("=remove", "=move"):
            return False
        is_compared = any(sign in COMPARED for sign in new.signs)
        is_romance = any(self.words[sign.start] in _ROMANCE for sign in new.signs)
        is_made = not is_compared and (not self._predicates() or is_romance)
        is_more = new.article == "another" or bool(self._places)
        return (
            self._does("=put")
            or (self._does("=want") and is_made)
            or (self._does("=make", "=paint") and is_made)
            or (not self._verbs and is_more and is_made)
        )

    def _move(self) -> EditWish | None:
        it = next(iter(self._solids), None)
        if it is None or it.is_new or not it.is_solid or self._does("=add", "=remove"):
            return None
        if self._predicates() and not self._does("=move", "=put"):
            return None
        is_on = self._does("=move", "=put") and any(named.is_solid for _, named in self._on)
        if not (self._places or self._ways or self._nowhere or is_on or "=middle" in self.signs):
            return None
        old = self._thing(it, self._following(it))
        place, way = self._place(), None
        if place is None and self._ways:
            way = _relation(self._ways[0])
            self._use(self._ways[0])
        self._leave_places(NOT_THERE)
        if place is not None:
            return EditWish(TEMPLATES["move to"][0], old, relation=place[0], anchor=place[1])
        if way is not None:
            return EditWish(TEMPLATES["move"][0], old, relation=way)
        middle = [sign for sign in self.signs if sign == "=middle"]
        raise NoWish(*(self.left[0][::-1] if self.left else (NOT_THERE, middle)))

    def _alter(self) -> EditWish | None:
        """Another colour or size."""
        named, preds = [*self._solids, *self._new], self._predicates()
        if not named or not preds:
            return None
        it = named[0]
        target = self._target(preds, named[1:])
        if target is None:
            self._refuse(preds)
            return None
        if it.is_solid and not it.is_plural:
            self._use(*(sign for sign in preds if sign == target))
        old = self._thing(it, self._said_of_old(it, preds, target), but=target)
        self._leave(NO_MATERIAL, *(sign for sign in preds if sign in MATERIALS))
        self._leave_places(TOLD_BY)
        if target in COLORS:
            return EditWish(TEMPLATES["recolour"][1 if self._does("=paint") else 0], old, value=str(target))
        size = COMPARED.get(target, str(target))
        return EditWish(TEMPLATES["resize"][0 if target in COMPARED else 1], old, value=size)

    def _target(self, preds: Sequence[Sign], others: Sequence[Named]) -> Sign | None:
        """The colour or the size that is wanted; of several colours the last."""
        target = next((sign for sign in preds if sign in COLORS or sign in SIZES or sign in COMPARED), None)
        if target in COLORS:
            return [sign for sign in preds if sign in COLORS][-1]
        color = next((sign for each in others for sign in each.qualities if sign in COLORS), None)
        if target is None and "alike:color" in preds and color is not None:
            self._use(*others[0].signs, *(sign for sign in preds if sign in ALIKE))
            return color
        return target

    def _said_of_old(self, it: Named, preds: Sequence[Sign], target: Sign) -> list[Sign]:
        """What is said of the solid as it is, besides what stands before its noun."""
        colors = [sign for sign in preds if sign in COLORS and sign != target]
        is_before = target not in COLORS and target.start < it.signs[0].start
        return [*self._before, *(colors if target in COLORS or is_before else ())]

    def _predicates(self) -> list[Sign]:
        """What the solid that is meant is to be; of "a bigger ball" that it is bigger."""
        said = [sign for sign, _ in self._said]
        before = [sign for each in self._solids[:1] for sign in each.qualities]
        compared = [sign for sign in before if sign in COMPARED]
        instead = [sign for sign in before if sign in COLORS and any(old in COLORS for old in self._before)]
        return said or compared or instead

    def _refuse(self, preds: Sequence[Sign]) -> None:
        """Nothing that is said can be made of a solid."""
        for kind, why in ((MATERIALS, NO_MATERIAL), (("!", *ALIKE), WHICH_QUALITY), ((SHADE,), NO_SHADES)):
            if found := [sign for sign in preds if sign in kind]:
                raise NoWish(why, found)

    def _say_what_is_missing(self) -> None:
        """Raise NoWish where it can be said."""
        shades = [sign for sign in self._lights if sign in _BRIGHTER]
        changes = self._verbs - {"=want", "=take"} or self._said
        if self._solids and shades:
            raise NoWish(NO_SHADES, shades)
        for named in (*self._pronouns, *(each for each in self._solids if each.is_plural)):
            if changes or self._ways or self._places:
                raise NoWish(ONE_SOLID if named.is_plural else WHICH, named.signs)
        if self._is_of_ground and not self._solids and self._does("=remove"):
            raise NoWish(NO_REMOVAL, [sign for sign in self.signs if sign == "ground"])
        if UNKNOWN in self.signs:
            return
        if not self._solids:
            raise NoWish(WHICH, [*(sign for sign, _ in self._said), *self._ways])
        if self._solids[0].is_solid:
            raise NoWish(SAY_WHERE if self._does("=move", "=put") else SAY_WHAT, self._solids[0].signs)

    # -- what of it is used

    def _thing(
        self, named: Named, after: Sequence[Sign] = (), but: Sign | None = None, is_new: bool = False
    ) -> Thing:
        """A solid as it is called; raises NoWish where it is not one that is told apart."""
        if named.is_plural and not is_new and not named.is_new:
            raise NoWish(ONE_SOLID, named.signs)
        if not named.is_solid:
            raise NoWish(WHICH, named.signs)
        found: dict[str, str] = {}
        for sign in (*named.qualities, *after):
            quality = COMPARED.get(sign, str(sign))
            kind = "color" if quality in COLORS else "material" if quality in MATERIALS else "size"
            if sign is but:
                continue
            if quality in (SHADE, SIDE, *GROUNDS) and quality not in COLORS:
                self._leave({SHADE: NO_SHADES, SIDE: TOLD_BY}.get(quality, OF_NOTHING), sign)
            elif kind == "material" and quality not in materials_of(named.noun):
                self._leave(NO_SUCH, sign)
            elif found.setdefault(kind, quality) != quality:
                self._leave(ONE_QUALITY, sign)
            else:
                self._use(sign)
        self._leave(TOLD_BY, *(sign for sign in named.signs if sign == "another" and named.article == "the"))
        self._use(named.signs[-1])
        return Thing(1, named.noun, found.get("color"), found.get("material"), found.get("size"))

    def _following(self, named: Named) -> list[Sign]:
        """What is said of it after it."""
        return [sign for sign, last in self._said if last is named]

    def _place(self) -> tuple[str, Thing] | None:
        """The first place beside a solid that is named."""
        for sign, anchor in self._places:
            if anchor is not None and anchor.is_solid and not anchor.is_plural:
                self._use(sign)
                return _relation(sign), self._thing(anchor, self._following(anchor))
        return None

    def _leave_places(self, why: str) -> None:
        """What is said of where something is, and is not used."""
        for sign, anchor in self._places:
            is_which = anchor is not None and anchor.noun in ("it", "")
            self._leave(WHICH if is_which else why, sign, *(anchor.signs if anchor else ()))
        for sign, named in self._on:
            self._leave(ON_SOLID, *((sign, *named.signs) if named.is_solid else ()))
        for signs in self._nowhere:
            self._leave(WHICH if signs[0].startswith("~its") else NOT_THERE, *signs)
        for sign in self._ways:
            self._leave(why, sign)

    def _use(self, *signs: Sign) -> None:
        self._used.update(map(id, signs))

    def _leave(self, why: str, *signs: Sign) -> None:
        """Name what is not used, together."""
        if signs and not any(id(sign) in self._used for sign in signs):
            self._use(*signs)
            self.left.append((signs, why))

    def _unused(self) -> list[Left]:
        """What else is said, and is in no wish."""
        refused = [sign for sign in self._refused if id(sign) not in self._used]
        self._use(*refused)
        others = (sign for sign in self.signs if id(sign) not in self._used and not _is_harmless(sign))
        why = {SHADE: NO_SHADES}
        found: list[Left] = [(refused, NOT_WANTED)] if refused else []
        return [*found, *(([sign], why.get(str(sign), ONE_WISH)) for sign in others)]


def means_something(signs: Iterable[Sign]) -> bool:
    """Whether more is said than how something is said."""
    return any(sign not in _MEANS_NOTHING for sign in signs)


def _is_harmless(sign: str) -> bool:
    is_verb = sign.startswith("=") and sign not in COMPARED and sign not in _BRIGHTER
    return sign in _HARMLESS or sign == "ground" or (is_verb and not sign.startswith("=way"))


def _relation(sign: str) -> str:
    return sign.partition(":")[2].replace("_", " ")
