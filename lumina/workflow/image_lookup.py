"""Where the pictures are that a document names: a visitor's uploads, the shipped ones, beside the file."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from lumina.errors import InvalidImage
from lumina.files import shipped_files
from lumina.formats import HEAD, is_accepted
from lumina.tasks.image_input import ImageInput

ASSETS = shipped_files() / "assets"


class ImageSource(Protocol):
    """A place where pictures are found by the name that a document gives them."""

    def find(self, name: str) -> ImageInput | None:
        """The picture called ``name``: a file name, or ``sha256:…`` of its pixels. None if it is not here."""


class MemoryImages:
    """Pictures that are here already: uploads of this visit, or files named on the command line."""

    def __init__(self, pictures: Iterable[ImageInput] = ()) -> None:
        self._known: dict[str, ImageInput] = {}
        for picture in pictures:
            self.add(picture)

    def add(self, picture: ImageInput, name: str | None = None) -> None:
        """Keep a picture under the hash of its pixels, and under ``name`` if it has one."""
        self._known[picture.name] = picture
        if name is not None:
            self._known[name] = picture

    def find(self, name: str) -> ImageInput | None:
        """See ImageSource."""
        return self._known.get(name)


class FolderImages:
    """The pictures in a folder, with ``below`` also in those directly below it; nothing else is opened.

    Names are compared with what the folder lists, so that no name can lead elsewhere; nor can a link of
    the file system.
    """

    def __init__(self, folder: Path, below: bool = False) -> None:
        self._folder, self._patterns = folder, ("*", "*/*") if below else ("*",)
        self._digests: dict[tuple[str, int], str] = {}

    def find(self, name: str) -> ImageInput | None:
        """See ImageSource; raises InvalidImage where the file of this name is no picture that can be used."""
        digest = name if name.startswith("sha256:") else None
        files = sorted(self._files(), key=lambda path: path.name != name)  # that very name first
        found = (self._opened(path, digest) for path in files if digest or is_called(path, name))
        return next((picture for picture in found if picture is not None), None)

    def _files(self) -> list[Path]:
        try:
            return sorted(path for pattern in self._patterns for path in self._folder.glob(pattern))
        except OSError:
            return []

    def _opened(self, path: Path, digest: str | None) -> ImageInput | None:
        """The picture in a file, if it has this digest; digests are remembered while a file is the same."""
        try:
            if not path.is_file() or not path.resolve().is_relative_to(self._folder.resolve()):
                return None
            known = (str(path), path.stat().st_mtime_ns)
            if digest is not None and self._digests.get(known, digest) != digest:
                return None
            with path.open("rb") as file:
                if digest is not None and not is_accepted(file.read(HEAD)):
                    return None
            picture = ImageInput.opened(path)
        except OSError:
            return None
        except InvalidImage as error:
            if digest is not None:
                return None
            raise InvalidImage(f'The picture "{path.name}" cannot be used: {error}') from None
        self._digests[known] = picture.name
        return picture if digest in (None, picture.name) else None


def is_called(path: Path, name: str) -> bool:
    """Whether a file has this name, as people read it.

    Systems write an accented letter as one character or as two, and put spaces of other kinds into the names
    of screenshots.
    """
    return _read(path.name) == _read(name)


def _read(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def shipped() -> FolderImages:
    """The pictures that come with the program."""
    return FolderImages(ASSETS, below=True)


def find(name: str, image_sources: Sequence[ImageSource]) -> ImageInput | None:
    """The picture in the first source that has it."""
    found = (image_source.find(name) for image_source in image_sources)
    return next((picture for picture in found if picture is not None), None)
