"""What the server keeps for each visitor: results to go on from, pictures they brought or finished."""

import logging
import re
from collections import OrderedDict
from collections.abc import Iterable
from html import escape
from threading import Lock
from typing import Any

import gradio as gr

from lumina.errors import LuminaError
from lumina.server.gallery import GalleryStore, SessionImages, key_of
from lumina.server.guard import ONE_RUN
from lumina.server.workshop import Workshop
from lumina.tasks.image_input import ImageInput, LargeFile
from lumina.workflow.cache import MemoryStore
from lumina.workflow.executor import Resources
from lumina.workflow.image_lookup import ImageSource, MemoryImages, shipped
from lumina.workflow.timings import Timings

MOST_VISITORS = 32  # whose results are kept; the one who came last longest ago is forgotten first
MOST_BYTES = 48 * 2**20  # of one visitor's results
MOST_PICTURES = 24  # that one visitor brought
MOST_PIXELS = 40_000_000  # of those together, except that the newest is always kept
MOST_IN_ALL = 256 * 2**20  # bytes of all that is kept of everybody, except for the one who came last

_NAME = re.compile(r"[0-9a-f]{32}")

log = logging.getLogger(__name__)


def is_name(name: Any) -> bool:
    """Whether this is the name of a visitor, which a browser makes up once and keeps."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


class Session:
    """One visitor's results and pictures, in memory only."""

    def __init__(self) -> None:
        self.store = MemoryStore(MOST_BYTES)
        self.turn = Lock()
        self.pictures: OrderedDict[str, ImageInput] = OrderedDict()
        self.series: OrderedDict[str, str] = OrderedDict()  # by their names, the last picture of each

    def keep(self, picture: ImageInput) -> None:
        """Put a picture among the visitor's; the oldest one makes room."""
        self.pictures[picture.name] = picture
        self.pictures.move_to_end(picture.name)
        while len(self.pictures) > MOST_PICTURES or (len(self.pictures) > 1 and self._pixels() > MOST_PIXELS):
            self.pictures.popitem(last=False)

    def replaced(self, series: str, key: str, is_new: bool) -> str:
        """The picture of a series that ``key`` takes the place of, if there is one.

        What was kept already, and not of this series, is no part of it.
        """
        before = self.series.pop(series, "")
        if is_new or key == before:
            self.series[series] = key
        while len(self.series) > MOST_PICTURES:
            self.series.popitem(last=False)
        return before if key != before else ""

    def size(self) -> int:
        """Bytes of all that is kept of them, about."""
        return self.store.size + sum(map(_bytes_of, self.pictures.values()))

    def _pixels(self) -> int:
        return sum(width * height for width, height in (each.size for each in self.pictures.values()))


class Sessions:
    """Everybody who is here, each by a name that only their browser knows.

    ``gallery`` is where finished pictures are kept beyond this run of the server, if they are.
    """

    def __init__(self, workshop: Workshop, gallery: GalleryStore | None = None) -> None:
        self._workshop, self._timings, self._assets = workshop, Timings(), shipped()
        self._gallery = gallery
        self._known: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()

    def resources(self, name: Any) -> Resources:
        """What a run of this visitor works with."""
        visitor = self._visitor(name)
        with self._lock:
            pictures = [*visitor.pictures.values()]
        image_sources: list[ImageSource] = [MemoryImages(pictures), self._assets]
        if self._gallery is not None and is_name(name):
            image_sources.append(SessionImages(self._gallery, name))
        return Resources(self._workshop, visitor.store, image_sources, self._timings, ONE_RUN)

    def turn(self, name: Any) -> Lock:
        """Held by this visitor's run, so that the next one finds all that it has kept."""
        return self._visitor(name).turn

    def keep(self, name: Any, picture: ImageInput) -> ImageInput:
        """Keep a picture for this visitor."""
        with self._lock:
            self._found(name).keep(picture)
            self._make_room()
        return picture

    def finished(self, name: Any, pngs: Iterable[bytes], series: str = "") -> None:
        """Put finished pictures into this visitor's gallery; where that fails, the page says so.

        Of a ``series``, which follows one drawing, the last picture stays, and whatever has a star.
        """
        if self._gallery is None or not is_name(name):
            return
        for png in pngs:
            try:
                is_new = not series or self._gallery.recipe(name, key_of(png)) is None
                key = self._gallery.keep(name, png)
                if series and (before := self._replaced(name, series, key, is_new)):
                    self._gallery.delete(name, before, spares_starred=True)
            except LuminaError as error:
                log.warning("A picture is not kept: %s", error)
                gr.Warning(f"This picture is not kept; download it if you want it. {escape(str(error))}")

    def _replaced(self, name: Any, series: str, key: str, is_new: bool) -> str:
        with self._lock:
            return self._found(name).replaced(series, key, is_new)

    def _visitor(self, name: Any) -> Session:
        """The visitor of this name; one without a proper name is new each time."""
        with self._lock:
            visitor = self._found(name)
            self._make_room()
        return visitor

    def _found(self, name: Any) -> Session:
        if not is_name(name):
            return Session()
        visitor = self._known.setdefault(name, Session())
        self._known.move_to_end(name)
        return visitor

    def _make_room(self) -> None:
        """Forget whoever came last longest ago until the others are not too many, and hold not too much."""
        while len(self._known) > 1 and (len(self._known) > MOST_VISITORS or self._size() > MOST_IN_ALL):
            self._known.popitem(last=False)

    def _size(self) -> int:
        return sum(each.size() for each in self._known.values())


def _bytes_of(picture: ImageInput) -> int:
    """What a picture takes in memory; a large one is kept as its file."""
    pixels = picture.pixels
    if isinstance(pixels, LargeFile):
        return len(pixels.data)
    return 0 if pixels is None else pixels.width * pixels.height * len(pixels.getbands())
