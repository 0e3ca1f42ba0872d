"""Painters that know the answer: they draw what a case expects, or what another case does."""

from dataclasses import replace

import numpy as np
from PIL import Image

from lumina.model.config import spec_of
from lumina.runtime.fake import FakePipeline

ALL = ("text_to_image", "image_pair", "control", "predict", "edit", "subject")


class Oracle(FakePipeline):
    """Draws the picture that `answer` gives for an instruction and the panel above; None leaves noise."""

    def __init__(self, answer):
        super().__init__(spec=replace(spec_of("tabletop"), tasks=ALL))
        self.answer = answer

    def draw(self, requests):
        drawings = yield from super().draw(requests)
        return tuple(self._shown(*pair) for pair in zip(requests, drawings, strict=True))

    def _shown(self, request, drawing):
        above = np.asarray(request.given[0]) if request.given else None
        shown = self.answer(request.instruction, above)
        return drawing if shown is None else replace(drawing, image=Image.fromarray(shown))
