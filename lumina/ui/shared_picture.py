"""A picture in an address: ``?picture=`` and its recipe, packed, from which the page draws it again.

The page packs it (``web/src/common/packing.ts``): raw deflate in base64 for addresses. It is in front of the
``#``, so that the server can say in a preview card what the picture shows.
"""

import base64
import zlib
from urllib.parse import parse_qs

from lumina.errors import InputError

PARAMETER = "picture"
RESULT = "result"  # what a picture became that began with another one, by its id in the gallery
MOST_CODE = 32_768  # characters
MOST_RECIPE = 262_144  # bytes


def code_in(query: bytes, parameter: str = PARAMETER) -> str:
    """The packed recipe in the query of an address, or another part of it; empty if there is none."""
    try:
        return parse_qs(query.decode("ascii"), max_num_fields=20).get(parameter, [""])[0]
    except ValueError:
        return ""


def unpacked(code: str) -> str:
    """The recipe that was packed; raises InputError if the link is damaged."""
    try:
        if len(code) > MOST_CODE:
            raise ValueError
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=-15)
        recipe = unpacker.decompress(packed, MOST_RECIPE)
        if not unpacker.eof:
            raise ValueError
        return recipe.decode()
    except (ValueError, zlib.error) as error:
        raise InputError("This link to a picture is damaged; copy it again as a whole.") from error
