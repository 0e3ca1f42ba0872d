"""Pictures in and out: opening a stranger's file safely, and PNG files that carry their own recipe."""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from math import ceil, sqrt
from pathlib import Path
from threading import RLock

import numpy as np
from PIL import Image, ImageDraw, ImageOps, PngImagePlugin

from lumina.colour_profiles import in_srgb
from lumina.errors import InputError, InvalidImage
from lumina.files import regular, shown, unopened, write_whole
from lumina.formats import ACCEPTED, refusal_of

MAX_BYTES = 20_000_000
MAX_PIXELS = 25_000_000  # a 24-megapixel photograph fits
MAX_RESULT_BYTES = 80_000_000  # of a picture made here: all its pixels, if nothing can be compressed
MIN_SIDE, MAX_ASPECT = 16, 10  # of a picture to work with: pixels, and how much longer one side may be
MAX_RECIPE_BYTES = 256 * 1024
ORIENTATION = 0x0112  # of EXIF
ROWS_AT_ONCE = 64  # of a large picture
CAPTION = 14  # pixels of a line below a picture on a sheet
LARGE = 4_000_000  # pixels; above, one picture is decoded at a time

RECIPE_KEY = "lumina-workflow"
DAMAGED = "The recipe in this picture is damaged; download the picture again."
_TEXTS = (b"iTXt", b"tEXt", b"zTXt")  # ours is the first; programs that save a picture anew make others of it
_PACKED = (b"iTXt", b"zTXt", b"iCCP")  # what may be far larger than it looks
MOST_NOTES = 64  # of these in a picture
AI_GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FILMED = b"Painted row by row by a model"  # how the comment of a film begins
_XMP_KEY = "XML:com.adobe.xmp"
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    f'Iptc4xmpExt:DigitalSourceType="{AI_GENERATED}"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
_one_large = RLock()
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def open_image(source: bytes | str | Path, *, keep_alpha: bool = False, most: int = MAX_BYTES) -> Image.Image:
    """Open a picture from bytes or a file: upright, RGB in sRGB, first frame only, on white,
    without any metadata.

    With ``keep_alpha`` a picture with transparency stays so, as RGBA. Raises InvalidImage if it is none of
    ``lumina.formats.ACCEPTED``, is damaged, has over ``most`` bytes or over 25 million pixels; the size is
    read from the header, before anything is decoded.
    """
    data = file_bytes(source, most)
    if (refusal := refusal_of(data)) is not None:
        raise InvalidImage(refusal)
    try:
        with _opened(data) as image:
            _check_size(image.width, image.height)
            if bytes(image.info.get("comment", b"")).startswith(FILMED):
                raise InvalidImage(
                    "This is a film of a picture being painted; use the picture itself, which Download gives."
                )
            with one_at_a_time(image.width * image.height):
                return _plain(_upright(image), keep_alpha)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidImage(_too_large()) from error
    except InvalidImage:
        raise
    except Exception as error:  # decoders meet hostile bytes with errors of many types
        raise InvalidImage(
            "This picture is damaged and cannot be read; save it again or use another."
        ) from error


def one_at_a_time(pixels: int) -> AbstractContextManager[object]:
    """Held while a picture is decoded and made smaller: of large ones, which take 100 MB, one at a time."""
    return _one_large if pixels > LARGE else nullcontext()


def pixels_in(data: bytes) -> int:
    """How many pixels a file says to have; 0 if it is no picture."""
    try:
        with _opened(data) as head:
            return head.width * head.height
    except Exception:  # as in `open_image`, which says what is wrong
        return 0


def usable(image: Image.Image) -> Image.Image:
    """``image`` upright, as RGB or RGBA without metadata.

    Raises InvalidImage if it is too small, too narrow or too large.
    """
    _check_size(*image.size)
    image = _upright(image)
    short, long = sorted(image.size)
    if short < MIN_SIDE or long > MAX_ASPECT * short:
        raise InvalidImage(
            f"This picture has {image.width}x{image.height} pixels; use one whose sides have at least "
            f"{MIN_SIDE} pixels, none over {MAX_ASPECT} times the other."
        )
    is_plain = image.mode == "RGB" and not image.info and type(image) is Image.Image
    return image if is_plain else _plain(image, keep_alpha=True)


def digest_of(image: Image.Image) -> str:
    """``sha256:…`` of the pixels; equal for two files that show the same, whatever their format."""
    digest = hashlib.sha256(f"{image.mode} {image.width}x{image.height} ".encode())
    for top in range(0, image.height, ROWS_AT_ONCE):
        rows = (0, top, image.width, min(top + ROWS_AT_ONCE, image.height))
        digest.update(image.crop(rows).tobytes())
    return f"sha256:{digest.hexdigest()}"


def png_bytes(
    image: Image.Image,
    recipe: str | None = None,
    *,
    by_model: bool = True,
    notes: Mapping[str, str] | None = None,
) -> bytes:
    """``image`` as a PNG that, if given, carries its ``recipe`` (JSON text) and ``notes``, texts by keyword.

    It is marked as AI-generated unless it was made without a model.
    """
    text = PngImagePlugin.PngInfo()
    if by_model:
        text.add_itxt(_XMP_KEY, _XMP)
    if recipe is not None:
        text.add_itxt(RECIPE_KEY, recipe)
    for keyword, note in (notes or {}).items():
        text.add_itxt(keyword, note)
    file = io.BytesIO()
    image.save(file, format="PNG", pnginfo=text)
    return file.getvalue()


def noted(image: Image.Image, recipe: str | None = None) -> Image.Image:
    """A copy of a model's result that, wherever Gradio saves it as PNG, says so, and with which recipe."""
    copy = image.copy()
    copy.info[_XMP_KEY] = PngImagePlugin.iTXt(_XMP)
    if recipe is not None:
        copy.info[RECIPE_KEY] = PngImagePlugin.iTXt(recipe)
    return copy


def is_marked(png: bytes) -> bool:
    """Whether a PNG says that a model has made it."""
    return any(kind == b"iTXt" and AI_GENERATED.encode() in body for kind, body in _chunks(png))


def write_png(path: Path, image: Image.Image, recipe: str | None = None, *, by_model: bool = True) -> Path:
    """Write :func:`png_bytes` to ``path``, whole or not at all; makes the folder if it is not there."""
    return write_whole(path, png_bytes(image, recipe, by_model=by_model))


def read_recipe(source: bytes | str | Path, most: int = MAX_BYTES) -> str | None:
    """The recipe inside a PNG, or None if there is none (or the file is another kind of picture).

    Pixels are not decoded. Raises InvalidImage if the recipe is damaged or over 256 KB once unpacked.
    """
    for kind, body in _chunks(file_bytes(source, most)):
        keyword, mark, rest = body.partition(b"\0")
        if kind in _TEXTS and mark and keyword == RECIPE_KEY.encode():
            return _recipe_in(kind, rest)
    return None


def is_cut(png: bytes) -> bool:
    """Whether a PNG ends before its end, as a download that was broken off."""
    return png.startswith(_PNG_SIGNATURE) and not any(kind == b"IEND" for kind, _ in _chunks(png))


def png_texts(data: bytes, keywords: Sequence[str], most: int) -> dict[str, str]:
    """The texts under these keywords in a PNG, those of over ``most`` bytes and damaged ones left out."""
    found: dict[str, str | None] = {}
    for kind, body in _chunks(data):
        keyword, mark, rest = body.partition(b"\0")
        name = keyword.decode("latin-1")
        if mark and name in keywords and name not in found:
            try:
                found[name] = _any_text(kind, rest, most)
            except (ValueError, IndexError, zlib.error):
                continue
    return {name: text for name in keywords if (text := found.get(name))}


def _any_text(kind: bytes, rest: bytes, most: int) -> str | None:
    """What follows the keyword of a text chunk; None for any other chunk, and for over ``most`` bytes.

    They are: tEXt text; zTXt method text; iTXt compressed? method language 0 translated keyword 0 text.
    Raises ValueError, IndexError or zlib.error where it is damaged.
    """
    encoding, is_packed, text = "latin-1", kind == b"zTXt", rest[1:] if kind == b"zTXt" else rest
    if kind == b"iTXt":
        encoding, is_packed = "utf-8", rest[0] == 1
        _, _, text = rest[2:].split(b"\0", 2)
    elif kind not in (b"tEXt", b"zTXt"):
        return None
    if is_packed:
        text = zlib.decompressobj().decompress(text, most + 1)
    return text.decode(encoding) if len(text) <= most else None


def cover(image: Image.Image, width: int, height: int) -> Image.Image:
    """The middle of ``image`` at ``width`` × ``height`` pixels, as little cut off as can be; RGB on white.

    Pixel for pixel what the published code does to a reference: halved while it is twice as large or more,
    then scaled bicubically, cut, and only then put on white.
    """
    while image.width >= 2 * width and image.height >= 2 * height:
        image = image.resize((image.width // 2, image.height // 2), Image.Resampling.BOX)
    scale = max(width / image.width, height / image.height)
    if image.width * image.height * scale**2 > MAX_PIXELS:  # most of which would be cut off
        image = _middle(image, ceil(width / scale), ceil(height / scale))
    size = round(image.width * scale), round(image.height * scale)
    if size != image.size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    image = _middle(image, width, height)
    return _on_white(image.convert("RGBA")) if image.has_transparency_data else image.convert("RGB")


def _middle(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.size == (width, height):
        return image
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _on_white(image: Image.Image) -> Image.Image:
    """RGBA on white, rounded down; a few rows at a time, for numbers take many times their room."""
    rgba = np.asarray(image)
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, ROWS_AT_ONCE):
        rows = rgba[top : top + ROWS_AT_ONCE].astype(np.float64)
        alpha = rows[..., 3:] / 255
        rgb[top : top + ROWS_AT_ONCE] = rows[..., :3] * alpha + 255 * (1 - alpha)
    return Image.fromarray(rgb)


def columns_of(count: int) -> int:
    """How many of ``count`` pictures stand in a row of a sheet that is as nearly square as they allow."""
    return ceil(sqrt(count))


def contact_sheet(
    images: Sequence[Image.Image], columns: int, gap: int = 4, captions: Sequence[str] = ()
) -> Image.Image:
    """``images`` in ``columns``, row after row, on white cells as large as the largest of them, each above
    its caption if there are any."""
    width = max(image.width for image in images) + gap
    height = max(image.height for image in images) + gap + (CAPTION if captions else 0)
    rows = -(-len(images) // columns)
    page = Image.new("RGB", (columns * width - gap, rows * height - gap), "white")
    pen = ImageDraw.Draw(page)
    for index, image in enumerate(images):
        left, top = index % columns * width, index // columns * height
        page.paste(image.convert("RGB"), (left, top))
        if captions:
            pen.text((left + 2, top + image.height + 2), captions[index], fill="black")
    return page


def file_bytes(source: bytes | str | Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a picture's file; raises InvalidImage if it cannot be read, or has over ``most``."""
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with regular(Path(source)).open("rb") as file:
                data = file.read(most + 1)
        except InputError as error:
            raise InvalidImage(str(error)) from error
        except (OSError, ValueError) as error:
            what = f"The picture {shown(Path(source).name)!r}"
            raise InvalidImage(unopened(error, what)) from error
    if len(data) > most:
        raise InvalidImage(f"This file is too large; use a picture under {most // 1_000_000} MB.")
    return data


def _opened(data: bytes) -> Image.Image:
    """A picture whose pixels are not decoded yet; what else is in it may be of any size."""
    return Image.open(io.BytesIO(_without_large_notes(data)), formats=[name.upper() for name in ACCEPTED])


def _without_large_notes(png: bytes) -> bytes:
    """A PNG without the texts and the profile that are too large for the decoder; any other file as it is.

    Of a file with more of them than any program writes, the decoder is left to judge.
    """
    kept, start, notes = [png[: len(_PNG_SIGNATURE)]], len(_PNG_SIGNATURE), 0
    for kind, body in _chunks(png):
        end = start + 12 + len(body)
        notes += kind in _PACKED
        if notes > MOST_NOTES:
            return png
        if kind not in _PACKED or not _is_large_note(kind, body):
            kept.append(png[start:end])
        start = end
    return b"".join([*kept, png[start:]])


def _is_large_note(kind: bytes, body: bytes) -> bool:
    rest = body.partition(b"\0")[2]
    try:  # a profile is packed as a text is
        return _any_text(b"zTXt" if kind == b"iCCP" else kind, rest, PngImagePlugin.MAX_TEXT_CHUNK) is None
    except (ValueError, IndexError, zlib.error):
        return False


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise InvalidImage(_too_large())


def _too_large() -> str:
    return f"This picture has too many pixels; use one with at most {MAX_PIXELS // 1_000_000} million."


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF orientation says; the decoded picture itself, which may be large, where it says
    nothing, or cannot be read."""
    image.load()
    try:
        return ImageOps.exif_transpose(image) if image.getexif().get(ORIENTATION, 1) != 1 else image
    except Exception:  # a broken note about the picture is no reason to refuse the picture
        return image


def _plain(image: Image.Image, keep_alpha: bool) -> Image.Image:
    """RGB or RGBA pixels and nothing else: 16 bits to 8, in sRGB, transparency on white unless it is kept."""
    if image.mode.startswith(("I", "F")):
        profile = image.info.get("icc_profile")
        image = Image.fromarray((np.asarray(image).clip(0, 65535).astype(np.uint32) >> 8).astype(np.uint8))
        image.info["icc_profile"] = profile
    if image.format == "BMP" and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0):
        image = image.convert("RGB")  # a screenshot, whose fourth byte means nothing
    image = in_srgb(image)
    mode = "RGB"
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        image = image.convert("RGBA")
        if keep_alpha and image.getchannel("A").getextrema() != (255, 255):
            mode = "RGBA"
        else:
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    clean = image if image.mode == mode else image.convert(mode)
    clean = clean._new(clean.im)  # a plain picture of the same pixels: a copy would take as much room again
    clean.info = {}
    return clean


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG as (type, body); stops quietly where the file is cut off."""
    if not data.startswith(_PNG_SIGNATURE):
        return
    start = len(_PNG_SIGNATURE)
    while start + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + 8 + length
        if end + 4 > len(data):
            return
        body = data[start + 8 : end]
        if kind == b"iTXt" and zlib.crc32(kind + body) != struct.unpack_from(">I", data, end)[0]:
            raise InvalidImage(DAMAGED)
        yield kind, body
        start = end + 4


def _recipe_in(kind: bytes, rest: bytes) -> str:
    """The recipe in a text chunk of a kind, without its keyword."""
    try:
        recipe = _any_text(kind, rest, MAX_RECIPE_BYTES)
    except (ValueError, IndexError, zlib.error) as error:
        raise InvalidImage(DAMAGED) from error
    if recipe is None:
        raise InvalidImage(
            f"The recipe in this picture is over {MAX_RECIPE_BYTES // 1024} KB; it is not ours."
        )
    return recipe
