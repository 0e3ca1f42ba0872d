"""One list of formats: what is accepted, and what the refusal of everything else says."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from lumina.errors import InputError, InvalidImage
from lumina.formats import format_of, refusal_of, table
from lumina.images import open_image, png_bytes
from lumina.workflow.files import read_workflow

CASES = Path(__file__).parent / "cases"
HEADS = {
    b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic": "HEIC photograph",
    b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif": "AVIF picture",
    b"\0\0\0\x18ftypcrx \0\0\0\1": "camera's raw file",
    b"\0\0\0\x18ftypisom\0\0\2\0": "a video",
    b"%PDF-1.7": "a PDF document",
    b"8BPS\0\1": "Photoshop document",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000 picture",
    b"\xff\x0a\xfa": "JPEG XL picture",
    b"PK\3\4\x14": "a ZIP archive",
    b"PK\3\4" + b"\0" * 26 + b"[Content_Types].xml": "an office document",
    b"PK\3\4" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis": "an office document",
    b"PK\3\4" + b"\0" * 26 + b"mimetypeimage/openraster": "document of Krita or OpenRaster",
    b"version https://git-lfs.github.com/spec/v1\noid": "a pointer of Git LFS",
    b"<!DOCTYPE html><p><svg></svg>": "a web page",
    b"<?xml version='1.0'?>\n<svg xmlns=''/>": "SVG drawing",
    b"\xef\xbb\xbf<!-- by hand --><svg/>": "SVG drawing",
    b"\0\0\1\0\1\0\x20\x20": "Windows icon",
    b"\0\0\2" + b"\0" * 9 + b"\x40\0\x40\0\x18\0": "Targa picture",
    b"icns\0\0\1\0": "Apple icon",
    b"\xd7\xcd\xc6\x9a\0\0": "Windows metafile picture",
    b"\x0a\5\1\x08": "PCX picture",
    b"": "empty file",
    "grün\n".encode(): "text",
    "a".encode("utf-16"): "text",
}


@pytest.mark.parametrize(("head", "name"), HEADS.items(), ids=HEADS.values())
def test_a_file_is_known_by_its_first_bytes(head: bytes, name: str) -> None:
    found = format_of(head)
    assert found is not None and found.name == name


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("IMG_0001.HEIC", "a HEIC"),
        ("photo.avif", "an AVIF"),
        ("scan.tiff", "a TIFF"),
        ("drawing.svg", "an SVG"),
    ],
)
def test_the_refusal_names_the_format_and_what_to_do(file: str, word: str, tmp_path: Path) -> None:
    hidden = tmp_path / "photo.jpg"  # the name is not believed
    hidden.write_bytes((CASES / file).read_bytes())
    with pytest.raises(InvalidImage, match=f"^This is {word}.*; save it as .*PNG first.$"):
        open_image(hidden)


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_a_page_finds_the_same_formats() -> None:
    samples = [
        *HEADS,
        *((CASES / name).read_bytes()[:4096] for name in ("p3.png", "p3.jpg")),
    ]
    script = (
        "const [table, heads] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const of = (head) => table.find(({ pattern }) => new RegExp(pattern, 'is').test(head)).refusal;"
        "console.log(JSON.stringify(heads.map(of)))"
    )
    sent = json.dumps([table(), [head.decode("latin-1") for head in samples]])
    result = subprocess.run(["node", "-e", script], input=sent, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == [refusal_of(head) or "" for head in samples]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("p3.jpg", "is a JPEG file"),
        ("p3.png", "no recipe"),
        ("photo.avif", "is an AVIF file"),
        ("drawing.svg", "is an SVG drawing file"),
    ],
)
def test_a_picture_without_a_recipe_says_so(file: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_workflow(CASES / file)
    with pytest.raises(InputError, match="is a folder"):
        read_workflow(CASES)


def test_a_download_that_was_broken_off_is_called_that() -> None:
    whole = png_bytes(Image.new("RGB", (32, 32)), "{}")
    with pytest.raises(InvalidImage, match=r"is cut off, .*download it again"):
        read_workflow(whole[: whole.index(b"lumina-workflow") + 20])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x1f\x8b\x08\0", "This is an archive file, which holds no workflow"),
        (b"<!DOCTYPE html><p>", "This is a web page file"),
        (b"version https://git-lfs.github.com/spec/v1", "which holds no workflow; run `git lfs pull`"),
        (b"\r\n\x89PNG\r\n\x1a\n\0\0", "This file holds no workflow; use a PNG"),
        (b"\1\2\3{}", "This file holds no workflow; use a PNG"),
    ],
)
def test_what_is_neither_picture_nor_text_holds_no_workflow(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_workflow(data)
