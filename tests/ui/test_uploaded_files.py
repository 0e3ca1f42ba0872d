"""What a program sends as a file is the file: a path says nothing, and nothing is read from it."""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from lumina.errors import InvalidImage
from lumina.ui.uploaded_files import file_sent


@pytest.mark.parametrize(
    "place",
    [
        "/etc/passwd", "/etc/shadow\n", "~/photo", "./photo", "../../photo", "C:/photo", "C:\\photo",
        "\\\\server\\photo", "pics/photo", "/home/me/photo.png", "photo.png", "/" + "a" * 300,
    ],
)  # fmt: skip
def test_a_path_is_only_a_name_and_nothing_is_read(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(given)

    for method in ("read_bytes", "open", "stat", "is_file"):
        monkeypatch.setattr(Path, method, refuse)
    with pytest.raises(InvalidImage, match="only the name of a file"):
        file_sent(place, str(tmp_path))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_picture_in_base64_is_no_path(form: str, tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, form)
    assert file_sent(base64.b64encode(file.getvalue()).decode(), str(tmp_path)) == file.getvalue()


def test_a_file_elsewhere_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidImage, match="was not uploaded here"):
        file_sent({"path": "/etc/passwd"}, str(tmp_path))
