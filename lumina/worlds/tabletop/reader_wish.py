"""What free wording wants to have changed: what is named, what is said of it, and the one wish that follows.

Every sign is in the wish, or harmless, or named with why it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lumina.worlds.language import ONE_WISH
from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.signs import PILE, SHADE, UNKNOWN, Sign
from lumina.worlds.reading.things import ALIKE
from lumina.worlds.reading.uses import ARRANGED, NO_SHADES, NOT_WANTED
from lumina.worlds.tabletop.captions import Thing
from lumina.worlds.tabletop.instructing import TEMPLATES
from lumina.worlds.tabletop.reader_edit_said import BRIGHTER, INTO, EditSaid
from lumina.worlds.tabletop.reader_grammar import (
    NO_SUCH,
    NOT_THERE,
    OF_NOTHING,
    ON_SOLID,
    ONE_OF_EACH,
    ONE_QUALITY,
)
from lumina.worlds.tabletop.reader_named import COMPARED, SEVERAL, SIDE, Named, named_in
from lumina.worlds.tabletop.scenes import COLORS, GROUNDS, MATERIALS, SIZES, materials_of
from lumina.worlds.tabletop.wishes import EditWish

WHICH = 'say which solid is meant, as "the red cube": the words are read without the picture'
WHICH_QUALITY = "say which: the words are read without the picture"
TOLD_BY = "a solid is told by its size, colour and shape"
BESIDE = 'where it is to stand is said beside another solid only, as "left of the red cube"'
ONE_SOLID = "one solid at a time is changed"
NO_EXCHANGE = "two solids cannot change places or looks in one edit"
NO_MATERIAL = "no edit changes what a solid is made of"
SAY_WHAT = 'say what is to be done with it, as "add …", "remove …" or "make … red"'
SAY_WHERE = 'say where to, as "to the left" or "left of the red cube"'
NO_REMOVAL = "there is always a ground"
TURNS = "to go back, click an earlier picture in the row of turns"

_HARMLESS = frozenset(["a", "the", "another", "and", ",", "with", "it", "on", "!", UNKNOWN])
_MEANS_NOTHING = _HARMLESS | {"=into", "=for", "=from", "=want", "=light"}
_ROMANCE = frozenset(["un", "une", "uno", "una", "um", "uma"])  # a quality after the noun is the noun's

_NOT_MEANT = (["not"], ["not", "the"], ["nicht"], ["niet"])

Left = tuple[Sequence[Sign], str]
"""Signs that are not in the wish, and why."""


class NoWish(Exception):
    """What is said cannot be one change; ``left`` says why."""

    def __init__(self, why: str, signs: Iterable[Sign]) -> None:
        said = list(signs)
        self.left: list[Left] = [] if UNKNOWN in said or not said else [(said, why)]
        super().__init__(why)


_ALTERS = frozenset(["=make", "=paint", *INTO])  # verbs that begin a wish of their own after a place


@dataclass
class WishSaid(EditSaid):
    """What has been said up to here, and the wish that it makes up."""

    wish: EditWish | None = None
    left: list[Left] = field(default_factory=list)  # what is not in the wish; without one, why there is none

    def __post_init__(self) -> None:
        """Take all of it, and make a wish of it."""
        self._take(list(named_in(self.signs)))
        try:
            self.wish = self._made()
        except NoWish as no:
            self.left = no.left
        else:
            self.left += self._unused() if self.wish else []

    def goes_on(self, before: "WishSaid") -> bool:
        """Whether what was added to ``before`` is a part of the same wish, and all of it is used."""
        old, new = before.wish, self.wish
        if old is None or new is None or old.operation != new.operation:
            return False
        added = {id(sign) for sign in self.signs[len(before.signs) :]}
        if (old.operation == "move" or old.anchor) and any(
            id(s) in added and s in _ALTERS for s in self.signs
        ):
            return False  # "… behind the cube and paint it red"
        is_left = any(id(signs[0]) in added for signs, _ in self.left)
        is_same = old.value == new.value and old.relation in (None, new.relation)
        return is_same and not is_left

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
        return self._does(*INTO) or any(sign in marks for sign in self.signs)

    def _reground(self) -> EditWish | None:
        solids = self._solids
        is_put = any(named.noun in ("ground", "") for _, named in self._on)
        is_free = not solids or (is_put and not any(each.is_new for each in solids))
        if not self._grounds or not is_free or self._said or self._does("=remove"):
            return None
        target = self._grounds[-1]
        if target not in GROUNDS:
            return None
        others = [sign for sign in self._grounds if sign != target and id(sign) not in self._described]
        self._leave(ONE_OF_EACH, *(others[:1] if not self._is_changed else ()))
        self._use(*(sign for sign in (*self._grounds, *self._before) if sign in GROUNDS))
        self._use(*(sign for each in solids for sign in each.signs))
        way = 1 if self._does("=change") else 2 if self._does("=turn") else 0
        return EditWish(TEMPLATES["reground"][way], value=str(target))

    def _relight(self) -> EditWish | None:
        if not self._lights or self._solids or self._is_of_ground or self._grounds or self._said:
            return None
        if self._does("=remove", "=add"):
            return None
        lights = [BRIGHTER.get(sign, str(sign)) for sign in self._lights]
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
        thing = self._thing(new, self._following(new), like=old)
        if old.shape == thing.shape and thing.color is None and thing.size is None:
            raise NoWish(NO_MATERIAL if thing.material else SAY_WHAT, new.signs)
        self._leave(ONE_SOLID, *(sign for sign in new.signs if sign in SEVERAL))
        self._leave_places(TOLD_BY)
        is_turned = self._does("=make", "=paint") and not self._does(*INTO)
        template = next((INTO[verb] for verb in INTO if verb in self._verbs), TEMPLATES["replace"][0])
        return EditWish(INTO["=turn"] if is_turned else template, old, thing)

    def _exchanged(self) -> tuple[Named, Named] | None:
        """What is replaced, and what it becomes."""
        if self._instead and self._instead[0].noun:
            others = [*self._new, *self._solids]
            return (self._instead[0], others[0]) if others else None
        is_asked, is_made = self._does(*INTO), self._does("=make", "=paint", "=want")
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
        named = {id(sign) for each in self._denied for sign in each.signs}
        is_denied = (
            bool(named)
            and not self._is_contrast
            and all(sign == NOT or id(sign) in named for sign in self._refused)
        )
        is_idle = is_denied and all(each.noun in ("it", "") for each in self._denied)
        is_denied = is_denied and not (self._solids or self._said or self._does("=move", *INTO))
        is_denied = is_denied and UNKNOWN not in self.signs  # "do not touch the ball"
        if not (self._does("=remove") or is_away or is_denied):
            return None
        if is_idle and self._solids:
            self._use(*self._refused)  # "remove the cone, I do not need it"
        found = [*self._solids, *(self._denied if is_denied else ()), *self._new]
        if not found:
            return None
        if is_denied:
            self._use(*self._denied[0].signs, *(sign for sign in self._refused if sign == NOT))
        self._leave_places(TOLD_BY)
        return EditWish(TEMPLATES["remove"][0], self._thing(found[0], self._following(found[0])))

    @property
    def _is_contrast(self) -> bool:
        """Whether a "not" only tells what is not meant: "not the ball, the cube"."""
        nots = (sign for sign in self._refused if sign == NOT)
        return any(self.words[sign.start : sign.end] in _NOT_MEANT for sign in nots)

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
        is_refused = any(sign != NOT for sign in self._refused)
        if is_refused and not (self._solids or self._said or self._lights or self._grounds):
            raise NoWish(NOT_WANTED, self._refused)
        shades = [sign for sign in self._lights if sign in BRIGHTER]
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
        self,
        named: Named,
        after: Sequence[Sign] = (),
        but: Sign | None = None,
        is_new: bool = False,
        like: Thing | None = None,
    ) -> Thing:
        """A solid as it is called, where that is said of the colour and size of another one.

        Raises NoWish where it is not one that is told apart.
        """
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
            if sign in ALIKE:
                found |= self._alike(sign, like)
                continue
            if quality in (SHADE, SIDE, *GROUNDS) and quality not in COLORS:
                self._leave({SHADE: NO_SHADES, SIDE: TOLD_BY}.get(quality, OF_NOTHING), sign)
            elif kind == "size" and quality not in SIZES:  # "as big as the cube"
                self._leave(WHICH_QUALITY, sign)
            elif kind == "material" and quality not in materials_of(named.noun):
                self._leave(NO_SUCH, sign)
            elif found.setdefault(kind, quality) != quality:
                self._leave(ONE_QUALITY, sign)
            else:
                self._use(sign)
        self._leave(TOLD_BY, *(sign for sign in named.signs if sign == "another" and named.article == "the"))
        self._use(named.signs[-1])
        return Thing(1, named.noun, found.get("color"), found.get("material"), found.get("size"))

    def _alike(self, sign: Sign, like: Thing | None) -> dict[str, str]:
        """What "of the same colour" says of a solid; the size of what is replaced stays anyway."""
        color = like.color if like is not None and sign == "alike:color" else None
        if color is not None or (like is not None and sign == "alike:size"):
            self._use(sign)
        self._leave(WHICH_QUALITY, sign)
        return {} if color is None else {"color": color}

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
        why = {PILE: ARRANGED, SHADE: NO_SHADES, "=middle": NOT_THERE}
        found: list[Left] = [(refused, NOT_WANTED)] if refused else []
        return [*found, *(([sign], why.get(str(sign), ONE_WISH)) for sign in others)]


def means_something(signs: Iterable[Sign]) -> bool:
    """Whether more is said than how something is said."""
    return any(sign not in _MEANS_NOTHING for sign in signs)


def _is_harmless(sign: str) -> bool:
    is_verb = sign.startswith("=") and sign not in COMPARED and sign not in BRIGHTER and sign != "=middle"
    return sign in _HARMLESS or sign == "ground" or (is_verb and not sign.startswith("=way"))


def _relation(sign: str) -> str:
    return sign.partition(":")[2].replace("_", " ")
