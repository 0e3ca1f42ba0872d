"""What a person may say before a picture and around it, which says nothing of it: "hi, can you draw me …"."""

import re

GREETING = (  # says nothing of a picture, nor of its light
    r"(?:(?:have|wish(?:ing)? you) an? (?:very )?(?:good|nice|great|lovely|wonderful) "
    r"(?:morning|day|afternoon|evening|night|weekend)|good (?:morning|day|afternoon|evening|night)"
    r"|guten (?:morgen|tag|abend)|gute nacht|schönen (?:tag|abend)(?: noch)?"
    r"|bon(?:jour|soir|ne (?:nuit|journée|soirée))|buon(?:giorno|asera|anotte)"
    r"|buen(?:os|as) (?:d[ií]as|tardes|noches)|buona (?:sera|notte|giornata)|bo[am]s? (?:dia|tarde|noite)s?"
    r"|goe(?:de|ie)(?:n ?| ?)(?:morgen|middag|dag|avond|nacht))"
)
COURTESY = frozenset({"please", "kindly", "thanks", "pls", "plz", "thx"})  # each a word by itself
_LEAD = re.compile(
    r"^\W*(?:imagine |prompt:? |(?:draw|show|give)(?: me)? |generate |create |"
    r"i(?: want| would like|['’]d like) |there (?:is|are) |"
    r"(?:an? |the )?(?:photo|picture|image|drawing|rendering|sticker|emoji)s? of )+",
    re.IGNORECASE,
)
_ASK = re.compile(  # before and after
    rf"^\W*(?:(?:(?:{GREETING}(?=\W*[,.;:!?\n])|"
    r"please|kindly|pls|plz|hello|hi|hey|okay|ok|(?:can|could|would|will) you|"
    r"(?:can|could|may) i (?:please )?(?:have|get)|"
    r"i(?:['’]d like| would like| want| need) you to)\b\W*)+)"
    r"|\W*\b(?:thank you|thanks|thx)\b(?: (?:very|so) much)?\W*$",
    re.IGNORECASE,
)


def without_asking(text: str) -> str:
    """A text without what is said to be kind, before it and after it."""
    return _ASK.sub("", text)


def without_lead(text: str) -> str:
    """A prompt without what leads to it: "draw me a picture of"."""
    return _LEAD.sub("", text)
