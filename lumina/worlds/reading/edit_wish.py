"""What free wording wants to have changed: what is named, what is said of it, and the one wish that follows.

Every sign is in the wish, or harmless, or named with why it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from lumina.worlds.language import ONE_WISH
from lumina.worlds.reading.clauses import NOT
from lumina.worlds.reading.edit_grammar import EditReasons
from lumina.worlds.reading.edit_named import COMPARED, SEVERAL, SHADED, SIDE, Named, named_in
from lumina.worlds.reading.edit_said import INTO, EditSaid
from lumina.worlds.reading.grammar import Grammar, ThingSaid
from lumina.worlds.reading.signs import NEVER, PILE, SHADE, UNKNOWN, Sign
from lumina.worlds.reading.things import ALIKE
from lumina.worlds.reading.uses import ARRANGED, NO_SHADES, NOT_WANTED
from lumina.worlds.reading.wishes import EditWish, thing_said

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
        self._take(list(named_in(self.signs, self.grammar)))
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

    @property
    def _scene(self) -> Grammar:
        return self.grammar.scene

    @property
    def _why(self) -> EditReasons:
        return self.grammar.reasons

    def _wish(
        self,
        operation: str,
        it: ThingSaid | None = None,
        new: ThingSaid | None = None,
        value: str = "",
        place: tuple[str, ThingSaid | None] | None = None,
        verbs: Iterable[str] = (),
    ) -> EditWish:
        """A wish in the words that are nearest to those that were said."""
        template = self.grammar.template(operation, {*self._verbs, *verbs})
        return EditWish(self.grammar.sentences, template, it, new, value, *(place or (None, None)))

    def _made(self) -> EditWish | None:
        if self._does("=undo"):
            raise NoWish(self._why.turns, [sign for sign in self.signs if sign == "=undo"])
        if self._does("=exchange"):
            raise NoWish(self._why.no_exchange, [sign for sign in self.signs if sign == "=exchange"])
        if self._why.not_turned and self._does("=rotate"):
            raise NoWish(self._why.not_turned, [sign for sign in self.signs if sign == "=rotate"])
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

    @property
    def _is_of_whole(self) -> bool:
        """Whether no thing is spoken of, or only as one that is on the ground."""
        is_put = any(named.noun in ("ground", "") for _, named in self._on)
        is_all = self.grammar.lights_are_grounds and all(each.noun == "them" for each in self._things)
        return not self._things or is_all or (is_put and not any(map(self._is_new, self._things)))

    def _reground(self) -> EditWish | None:
        if not self._grounds or not self._is_of_whole or self._said or self._does("=remove"):
            return None
        target = self._grounds[-1]
        if target not in self._scene.grounds:
            if self._scene.reasons.no_ground:
                raise NoWish(self._scene.reasons.no_ground, [target])
            return None
        others = [sign for sign in self._grounds if sign != target and id(sign) not in self._described]
        self._leave(self._scene.reasons.one_of_each, *(others[:1] if not self._is_changed else ()))
        self._use(*(sign for sign in (*self._grounds, *self._before) if sign in self._scene.grounds))
        self._use(*(sign for each in self._things for sign in each.signs))
        return self._wish("reground", value=str(target))

    def _relight(self) -> EditWish | None:
        is_ground = self.grammar.lights_are_grounds
        is_free = self._is_of_whole if is_ground else not (self._things or self._is_of_ground)
        is_asked = not self._does("=remove") and (is_ground or not self._does("=add"))
        if not self._lights or not is_free or not is_asked or self._grounds or self._said:
            return None
        lights = [self.grammar.shades.get(sign, str(sign)) for sign in self._lights]
        target = lights[-1]
        if target in SHADED:
            raise NoWish(NO_SHADES, [self._lights[-1]])
        if not self._is_changed:
            others = (sign for sign, light in zip(self._lights, lights, strict=True) if light != target)
            self._leave(self._scene.reasons.one_of_each, *others)
        self._use(*self._lights, *(sign for each in self._things for sign in each.signs))
        return self._wish("relight", value=target)

    def _exchange(self) -> EditWish | None:
        """One thing becomes another one."""
        pair = self._exchanged()
        if pair is None:
            return None
        it, new = pair
        old = self._thing(it, [*self._before, *self._following(it)])
        if not new.is_thing:
            raise NoWish(self._why.which, new.signs)
        thing = self._thing(new, self._following(new), like=old)
        changed = [thing.of(kind) for kind in self.grammar.sentences.changes]
        if old.noun == thing.noun and not any(changed):
            raise NoWish(self._why_as_it_was(thing), new.signs)
        self._leave(self._why.one_thing, *(sign for sign in new.signs if sign in SEVERAL))
        self._leave_places(self._why.told_by)
        is_turned = self._does("=make", "=paint") and not self._does(*INTO)
        return self._wish("replace", old, thing, verbs=["=turn"] if is_turned else [])

    def _why_as_it_was(self, thing: ThingSaid) -> str:
        """Why nothing changes where a thing is to become one of the same noun."""
        fixed = [why for kind, why in self.grammar.unchanged.items() if thing.of(kind)]
        others = [why for _, why in self.left if why in self.grammar.one_look.values()]
        return next(iter([*fixed, *others]), self._why.say_what)

    def _exchanged(self) -> tuple[Named, Named] | None:
        """What is replaced, and what it becomes."""
        if self._instead:
            old, others = self._instead[0], [*self._new, *self._things]
            if not old.noun and others and old.qualities:  # "à la place de la rouge"
                old = replace(old, noun=others[0].noun)
            if old.noun:
                return (old, others[0]) if others else None
        is_asked, is_made = self._does(*INTO), self._does("=make", "=paint", "=want")
        named = [*self._things, *self._new]
        if self._pronouns and len(named) == 1 and (named == self._new or named[0].is_new):
            named = [self._pronouns[0], *named]
        is_arrow = not self._verbs and bool(self._new)
        if len(named) < 2 or not (is_asked or is_made or is_arrow):
            return None
        it, new = named[:2]
        if it.is_new and new.article == "the":
            it, new = new, it
        elif is_asked and not self._new and new.article == "the":
            raise NoWish(self._why.no_exchange, [*it.signs, *new.signs])
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
        is_denied = is_denied and not (self._things or self._said or self._does("=move", *INTO))
        is_denied = is_denied and UNKNOWN not in self.signs  # "do not touch the ball"
        if not (self._does("=remove") or is_away or is_denied):
            return None
        if is_idle and self._things:
            self._use(*self._refused)  # "remove the cone, I do not need it"
        found = [*self._things, *(self._denied if is_denied else ()), *self._new]
        if not found:
            return None
        if is_denied:
            self._use(*self._denied[0].signs, *(sign for sign in self._refused if sign == NOT))
        self._leave_places(self._why.told_by)
        return self._wish("remove", self._thing(found[0], self._following(found[0])))

    @property
    def _is_contrast(self) -> bool:
        """Whether a "not" only tells what is not meant: "not the ball, the cube"."""
        nots = (sign for sign in self._refused if sign == NOT)
        return any(self.words[sign.start : sign.end] in _NOT_MEANT for sign in nots)

    def _add(self) -> EditWish | None:
        new = next(iter(self._things), None)
        if new is None or not new.is_thing or not self._is_added(new):
            return None
        thing = self._thing(new, self._following(new), is_new=True)
        several = [sign for sign in new.signs if sign in SEVERAL]
        self._use(*(several if new.noun in self._scene.uncounted else ()))  # "some grapes"
        self._leave(self._why.one_thing, *several)
        place = self._place()
        self._leave_places(self._why.beside)
        return self._wish("add" if place is None else "add at", new=thing, place=place)

    def _is_new(self, named: Named) -> bool:
        """Whether one is named that is not there yet; also without an article what nobody counts."""
        is_bare = named.noun in self._scene.uncounted and not named.article
        return named.is_new or (is_bare and self._does("=put", "=want"))

    def _is_added(self, new: Named) -> bool:
        if new.article == "the" and self.grammar.drawn and self._following(new):
            return False  # "draw the cat as line art"
        if self._does("=add"):
            return True
        if not self._is_new(new) or self._does("=remove", "=move"):
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
        it = next(iter(self._things), None)
        if it is None or it.is_new or not it.is_thing or self._does("=add", "=remove"):
            return None
        if self._predicates() and not self._does("=move", "=put"):
            return None
        is_on = self._does("=move", "=put") and any(named.is_thing for _, named in self._on)
        if not (self._places or self._ways or self._nowhere or is_on or "=middle" in self.signs):
            return None
        old = self._thing(it, self._following(it))
        place, way = self._place(), None
        if place is None and self._ways:
            way = _relation(self._ways[0])
            self._use(*(sign for sign in self._ways if _relation(sign) == way))  # "lift it up"
        self._leave_places(self._scene.reasons.not_there)
        if place is not None:
            return self._wish("move to", old, place=place)
        if way is not None:
            return self._wish("move", old, place=(way, None))
        middle = [sign for sign in self.signs if sign == "=middle"]
        raise NoWish(*(self.left[0][::-1] if self.left else (self._scene.reasons.not_there, middle)))

    def _alter(self) -> EditWish | None:
        """Another colour, size or style."""
        named, preds = [*self._things, *self._new], self._predicates()
        if not named or not preds:
            return None
        it = named[0]
        target = self._target(self._possible(it, preds), named[1:])
        if target is None:
            self._refuse(preds)
            return None
        kind = self._scene.kind_of(COMPARED.get(target, str(target)))
        if it.is_thing and not self._scene.can_be(it.noun, kind, str(target)):
            raise NoWish(self.grammar.one_look[kind], [target])
        if it.is_thing and not it.is_plural:
            self._use(*(sign for sign in preds if sign == target))
        old = self._thing(it, self._said_of_old(it, preds, target), but=target)
        for one in self.grammar.one_look:
            self._leave(self.grammar.one_look[one], *self._impossible(it, preds, one))
        self._leave(self._why.no_color, *(sign for sign in preds if sign in self._never))
        for fixed, why in self.grammar.unchanged.items():
            self._leave(why, *(sign for sign in preds if self.grammar.is_of_kind(sign, fixed)))
        self._leave_places(self._why.told_by)
        value = self.grammar.compared.get(target, str(target))
        return self._wish(self.grammar.sentences.changes[kind], old, value=value, verbs=[target])

    def _possible(self, it: Named, preds: Sequence[Sign]) -> Sequence[Sign]:
        """What a thing can become; all that is said where it is nothing of that."""
        never = [sign for kind in self.grammar.one_look for sign in self._impossible(it, preds, kind)]
        possible = [sign for sign in preds if sign not in never]
        return possible if any(map(self.grammar.is_changed, possible)) else preds

    def _impossible(self, it: Named, preds: Sequence[Sign], kind: str) -> list[Sign]:
        """What of a kind a thing cannot become."""
        said = (sign for sign in preds if self.grammar.is_of_kind(sign, kind))
        return [sign for sign in said if it.is_thing and not self._scene.can_be(it.noun, kind, str(sign))]

    def _target(self, preds: Sequence[Sign], others: Sequence[Named]) -> Sign | None:
        """The quality that is wanted; of several colours the last."""
        colors = self._scene.kinds["color"]
        wanted = [sign for sign in preds if self.grammar.is_changed(sign) or sign in COMPARED]
        target = next(iter(wanted), None)
        if target in colors:
            return [sign for sign in preds if sign in colors][-1]
        color = next((sign for each in others for sign in each.qualities if sign in colors), None)
        if target is None and "alike:color" in preds and color is not None:
            self._use(*others[0].signs, *(sign for sign in preds if sign in ALIKE))
            return color
        return target

    def _said_of_old(self, it: Named, preds: Sequence[Sign], target: Sign) -> list[Sign]:
        """What is said of the thing as it is, besides what stands before its noun."""
        colors = [sign for sign in preds if sign in self._scene.kinds["color"] and sign != target]
        is_recoloured = target in self._scene.kinds["color"]
        is_before = not is_recoloured and target.start < it.signs[0].start
        return [*self._before, *(colors if is_recoloured or is_before else ())]

    def _predicates(self) -> list[Sign]:
        """What the thing that is meant is to be; of "a bigger ball" that it is bigger."""
        colors = self._scene.kinds["color"]
        said = [sign for sign, _ in self._said]
        before = [sign for each in self._things[:1] for sign in each.qualities]
        compared = [sign for sign in before if sign in COMPARED]
        instead = [sign for sign in before if sign in colors and any(old in colors for old in self._before)]
        return said or compared or instead

    @property
    def _never(self) -> list[str]:
        """What no thing of the world looks like, where that is said."""
        shades = [ground for ground in self._scene.grounds if not self.grammar.is_changed(ground)]
        return [NEVER, *shades] if self._why.no_color else []

    def _refuse(self, preds: Sequence[Sign]) -> None:
        """Nothing that is said can be made of a thing."""
        fixed = ((self._scene.kinds[kind], why) for kind, why in self.grammar.unchanged.items())
        others = ((("!", *ALIKE), self._why.which_quality), ((SHADE,), NO_SHADES))
        for signs, why in (*fixed, *others, (self._never, self._why.no_color)):
            if found := [sign for sign in preds if sign in signs]:
                raise NoWish(why, found)

    def _say_what_is_missing(self) -> None:
        """Raise NoWish where it can be said."""
        is_refused = any(sign != NOT for sign in self._refused)
        if is_refused and not (self._things or self._said or self._lights or self._grounds):
            raise NoWish(NOT_WANTED, self._refused)
        shades = [sign for sign in self._lights if sign in SHADED]
        changes = self._verbs - {"=want", "=take"} or self._said
        if self._things and shades:
            raise NoWish(NO_SHADES, shades)
        for named in (*self._pronouns, *(each for each in self._things if each.is_plural)):
            if changes or self._ways or self._places:
                raise NoWish(self._why.one_thing if named.is_plural else self._why.which, named.signs)
        self._say_that_ground_stays()
        if UNKNOWN in self.signs:
            return
        if not self._things:
            raise NoWish(self._why.which, [*(sign for sign, _ in self._said), *self._ways])
        if self._things[0].is_thing:
            why = self._why.say_where if self._does("=move", "=put") else self._why.say_what
            raise NoWish(why, self._things[0].signs)

    def _say_that_ground_stays(self) -> None:
        """Raise NoWish where the ground is to be removed."""
        lights = self._lights if self.grammar.lights_are_grounds else []
        grounds = [*(sign for sign in self.signs if sign == "ground"), *lights]
        if (self._is_of_ground or lights) and not self._things and self._does("=remove"):
            raise NoWish(self._why.no_removal, grounds)

    # -- what of it is used

    def _thing(
        self,
        named: Named,
        after: Sequence[Sign] = (),
        but: Sign | None = None,
        is_new: bool = False,
        like: ThingSaid | None = None,
    ) -> ThingSaid:
        """A thing as it is called, where that is said of the colour and size of another one.

        Raises NoWish where it is not one that is told apart.
        """
        if named.is_plural and not is_new and not named.is_new:
            raise NoWish(self._why.one_thing, named.signs)
        if not named.is_thing:
            raise NoWish(self._why.which, named.signs)
        found: dict[str, str] = {}
        for sign in (*named.qualities, *after):
            quality = COMPARED.get(sign, str(sign))
            kind = self._scene.kind_of(quality)
            if sign is but:
                continue
            if sign in ALIKE:
                found |= self._alike(sign, like)
            elif why := self._why_not_said(named.noun, kind, quality):
                self._leave(why, sign)
            elif found.setdefault(kind, quality) != quality:
                self._leave(self._scene.reasons.one_quality, sign)
            else:
                self._use(sign)
        others = (sign for sign in named.signs if sign == "another" and named.article == "the")
        self._leave(self._why.told_by, *others)
        self._use(named.signs[-1])
        return thing_said(named.noun, found)

    def _why_not_said(self, noun: str, kind: str, quality: str) -> str:
        """Why a quality is not said of a noun; "" where it is."""
        reasons = self._scene.reasons
        if not kind:
            why = {SHADE: NO_SHADES, SIDE: self._why.told_by, NEVER: reasons.no_such}
            is_ground = quality in self._scene.grounds
            return why.get(quality, reasons.of_nothing if is_ground else self._why.which_quality)
        if self._scene.can_be(noun, kind, quality):
            return ""
        return self.grammar.one_look.get(kind, reasons.no_such)

    def _alike(self, sign: Sign, like: ThingSaid | None) -> dict[str, str]:
        """What "of the same colour" says of a thing; the size of what is replaced stays anyway."""
        color = like.of("color") if like is not None and sign == "alike:color" else None
        if color is not None or (like is not None and sign == "alike:size"):
            self._use(sign)
        self._leave(self._why.which_quality, sign)
        return {} if color is None else {"color": color}

    def _following(self, named: Named) -> list[Sign]:
        """What is said of it after it."""
        return [sign for sign, last in self._said if last is named]

    def _place(self) -> tuple[str, ThingSaid] | None:
        """The first place beside a thing that is named."""
        for sign, anchor in self._places:
            if anchor is not None and anchor.is_thing and not anchor.is_plural:
                self._use(sign)
                return _relation(sign), self._thing(anchor, self._following(anchor))
        return None

    def _leave_places(self, why: str) -> None:
        """What is said of where something is, and is not used."""
        for sign, anchor in self._places:
            is_which = anchor is not None and anchor.noun in ("it", "")
            self._leave(self._why.which if is_which else why, sign, *(anchor.signs if anchor else ()))
        reasons = self._scene.reasons
        for sign, named in self._on:
            self._leave(reasons.on_thing, *((sign, *named.signs) if named.is_thing else ()))
        for signs in self._nowhere:
            self._leave(self._why.which if signs[0].startswith("~its") else reasons.not_there, *signs)
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
        why = {PILE: ARRANGED, SHADE: NO_SHADES, "=middle": self._scene.reasons.not_there}
        found: list[Left] = [(refused, NOT_WANTED)] if refused else []
        return [*found, *(([sign], why.get(str(sign), ONE_WISH)) for sign in others)]


def means_something(signs: Iterable[Sign]) -> bool:
    """Whether more is said than how something is said."""
    return any(sign not in _MEANS_NOTHING for sign in signs)


def _is_harmless(sign: str) -> bool:
    is_verb = sign.startswith("=") and sign not in COMPARED and sign not in SHADED and sign != "=middle"
    return sign in _HARMLESS or sign == "ground" or (is_verb and not sign.startswith("=way"))


def _relation(sign: str) -> str:
    return sign.partition(":")[2].replace("_", " ")
