"""The one seam to a model: whoever draws what is requested, in this process or elsewhere."""

from collections.abc import Sequence
from typing import Protocol

from lumina.model.config import ModelSpec
from lumina.runtime.drawing import Drawing
from lumina.runtime.events import DrawEvent
from lumina.runtime.request import DrawRequest
from lumina.settings import Settings
from lumina.steps import Steps


class Painter(Protocol):
    """What a task needs to draw with: a loaded pipeline, its fake, or one behind a border."""

    @property
    def spec(self) -> ModelSpec:
        """The model's name, sizes and defaults."""

    @property
    def settings(self) -> Settings:
        """The precision and window that options left open take."""

    @property
    def model(self) -> str:
        """The model with the revision of its weights, ``tabletop@1a2b3c4d``."""

    @property
    def device(self) -> str:
        """What it computes on: ``cpu``, ``cuda`` …"""

    @property
    def pixels_per_code(self) -> int:
        """Pixels along one side of a code."""

    def draw(self, requests: Sequence[DrawRequest]) -> Steps[DrawEvent, tuple[Drawing, ...]]:
        """Draw these pictures, batch after batch; the drawings come in the order of the requests.

        Each picture is the one that its request gives alone. Raises InputError, before the first step, for
        what cannot be drawn. ``close()`` cancels.
        """
