"""What the server keeps for each visitor while it runs: results to go on from, and pictures they brought."""

import re
from collections import OrderedDict
from threading import Lock
from typing import Any

from PIL import Image

from lumina.server.zerogpu import Workshop
from lumina.tasks.image_input import ImageInput
from lumina.workflow.cache import MemoryStore
from lumina.workflow.executor import Resources
from lumina.workflow.shelves import ASSETS, FolderShelf, MemoryShelf
from lumina.workflow.timings import Timings

MOST_VISITORS = 32  # whose results are kept; the one who came last longest ago is forgotten first
MOST_BYTES = 48 * 2**20  # of one visitor's results
MOST_PICTURES = 24  # that one visitor brought

_NAME = re.compile(r"[0-9a-f]{32}")


class Visitor:
    """One visitor's results and pictures, in memory only."""

    def __init__(self) -> None:
        self.store = MemoryStore(MOST_BYTES)
        self.pictures: OrderedDict[str, ImageInput] = OrderedDict()

    def keep(self, picture: ImageInput) -> None:
        """Put a picture on the visitor's shelf; the oldest one makes room."""
        self.pictures[picture.name] = picture
        self.pictures.move_to_end(picture.name)
        while len(self.pictures) > MOST_PICTURES:
            self.pictures.popitem(last=False)


class Visitors:
    """Everybody who is here, each by a name that only their browser knows."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop, self._timings, self._assets = workshop, Timings(), FolderShelf(ASSETS)
        self._known: OrderedDict[str, Visitor] = OrderedDict()
        self._lock = Lock()

    def resources(self, name: Any) -> Resources:
        """What a run of this visitor works with."""
        visitor = self._visitor(name)
        shelves = (MemoryShelf(visitor.pictures.values()), self._assets)
        return Resources(self._workshop, visitor.store, shelves, self._timings)

    def keep(self, name: Any, image: Image.Image) -> ImageInput:
        """Keep a picture for this visitor; raises InvalidImage if it cannot be used."""
        picture = ImageInput.of(image)
        self._visitor(name).keep(picture)
        return picture

    def _visitor(self, name: Any) -> Visitor:
        """The visitor of this name; one without a proper name is new each time."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            return Visitor()
        with self._lock:
            visitor = self._known.setdefault(name, Visitor())
            self._known.move_to_end(name)
            while len(self._known) > MOST_VISITORS:
                self._known.popitem(last=False)
        return visitor
