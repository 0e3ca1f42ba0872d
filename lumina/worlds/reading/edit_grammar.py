"""What can be changed in a world's pictures, as free wording of instructions is read, and why not more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lumina.worlds.reading.grammar import Grammar
from lumina.worlds.reading.wishes import Sentences


@dataclass(frozen=True)
class EditReasons:
    """Why something is not changed that was understood, in the words of a world; see Reasons."""

    which: str
    told_by: str
    beside: str
    one_thing: str
    no_exchange: str
    say_what: str
    say_where: str
    no_removal: str  # of the ground
    which_quality: str = "say which: the words are read without the picture"
    turns: str = "to go back, click an earlier picture in the row of turns"
    not_turned: str = ""  # of "rotate" and its like, where a world has these words
    no_color: str = ""  # of a shade that no thing has; empty where `say_what` says it


@dataclass(frozen=True, eq=False)
class EditGrammar:
    """What there is to change in a world, in signs (edit_words.py), and the sentences that ask for it."""

    scene: Grammar
    sentences: Sentences
    reasons: EditReasons
    said: Mapping[str, Mapping[str, str]]  # the template of an operation by verb, "" of all other verbs
    compared: Mapping[str, str]  # the value that "=bigger" and "=smaller" are where they are asked for
    shades: Mapping[str, str] = field(default_factory=dict)  # the light that "=brighter" and "=darker" are
    unchanged: Mapping[str, str] = field(default_factory=dict)  # why no edit changes a kind
    one_look: Mapping[str, str] = field(default_factory=dict)  # why a thing has no choice of a kind
    drawn: Collection[str] = ()  # qualities that a thing is drawn in: "draw the cat as line art"
    lights_are_grounds: bool = False  # whether what stands for lights is a ground, too

    @cached_property
    def into(self) -> dict[str, str]:
        """The templates of what becomes something else, by their verbs."""
        return {f"={text.split(' ')[0]}": text for text in self.sentences.templates["replace"]}

    def template(self, operation: str, verbs: Collection[str] = ()) -> str:
        """The template for an operation that is asked for by these verbs."""
        by_verb = self.into if operation == "replace" else self.said.get(operation, {})
        usual = by_verb.get("", "") or self.sentences.templates[operation][0]
        return next((template for verb, template in by_verb.items() if verb in verbs), usual)

    def is_one(self, sign: str) -> bool:
        """Whether a sign names one thing."""
        return sign in self.scene.noun_of and sign not in self.scene.plurals

    def is_noun(self, sign: str) -> bool:
        """Whether a sign names one thing, several, or the ground."""
        return sign == "ground" or sign in self.scene.noun_of

    def one(self, sign: str) -> str:
        """The sign of one, of a sign of several."""
        return self._one[self.scene.noun_of[sign]] if sign in self.scene.plurals else sign

    @cached_property
    def _one(self) -> dict[str, str]:
        return {noun: sign for sign, noun in self.scene.noun_of.items() if self.is_one(sign)}

    def is_of_kind(self, sign: str, kind: str) -> bool:
        """Whether a sign is a quality of a kind."""
        return sign in self.scene.kinds.get(kind, ())

    def is_changed(self, sign: str) -> bool:
        """Whether a sign is a quality that an edit can give."""
        return self.scene.kind_of(sign) in self.sentences.changes
