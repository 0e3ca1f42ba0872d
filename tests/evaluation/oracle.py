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

    def draw(self, *, instruction, given=None, **rest):
        drawing = yield from super().draw(instruction=instruction, given=given, **rest)
        shown = self.answer(instruction, None if given is None else np.asarray(given))
        return drawing if shown is None else replace(drawing, image=Image.fromarray(shown))
