"""Typos of free wording: whether a word, or one of two, can hardly be another one than a known one."""

from lumina.worlds.language import distance, sounds_like, typed_wrong

LONG = 6  # letters of a word, two of which may be wrong,
_VERY_LONG = 8  # or missing


def is_slip(word: str, known: str, *, two_wrong: int) -> bool:
    """Whether a word can hardly be another one: stricter than for a hint, as nobody is asked."""
    if not typed_wrong(word, known) or sounds_like(word, known) or sorted(word) == sorted(known):
        return typed_wrong(word, known)
    far = distance(word, known)
    if two_wrong:
        most = 2 if len(known) > _VERY_LONG else 1  # letters more or less
        return far == 1 or (len(known) >= two_wrong and abs(len(word) - len(known)) <= most)
    return far == 1 and len(known) > LONG


def is_exchanged(word: str, known: str) -> bool:
    """Whether two letters beside each other have changed places."""
    return sorted(word) == sorted(known) and distance(word, known) == 1


def is_slip_of_name(slip: str, name: str) -> bool:
    """Whether two words are those of a name, one of them typed wrong."""
    if slip[0] != name[0] or name.count(" ") != 1:
        return False
    wrong = [pair for pair in zip(slip.split(" "), name.split(" "), strict=True) if pair[0] != pair[1]]
    return len(wrong) == 1 and typed_wrong(*wrong[0])
