"""What the model is told for each task: the published sentences byte for byte, ours where none is published.

Sizes are those of the whole picture in pixels, width first; a dual panel is twice as high as its result.
"""

from dataclasses import dataclass
from typing import Literal

Source = Literal["code", "paper", "ours"]
Kind = Literal["depth", "canny", "hed", "openpose", "normal", "segmentation", "scribble"]
Wording = Literal["code", "paper"]


@dataclass(frozen=True)
class InstructionTemplate:
    """A sentence with places to fill, and who wrote it: the reference's code, its paper, or we."""

    text: str
    source: Source

    def fill(self, width: int, height: int, **words: str) -> str:
        """The sentence for a picture of ``width`` × ``height``; ``words`` are taken as they are."""
        return self.text.format(width=width, height=height, **words)


TEMPLATES: dict[str, InstructionTemplate] = {
    "text_to_image": InstructionTemplate(
        "Generate an image of {width}x{height} according to the following prompt:\n{prompt}", "code"
    ),
    # A tenth of the samples of the published training do not name their size.
    "text_to_image_unsized": InstructionTemplate(
        "Generate an image according to the following prompt:\n{prompt}", "code"
    ),
    "image_pair": InstructionTemplate(
        "Generate a dual-panel image of {width}x{height} where the <lower half> displays a <{map}>, while "
        "the <upper half> retains the original image for direct visual comparison:\n{prompt}",
        "code",
    ),
    "control": InstructionTemplate(
        "Generate a dual-panel image of {width}x{height} where the <upper half> displays a <{map}>, while "
        "the <lower half> retains the original image for direct visual comparison:\n{prompt}",
        "code",
    ),
    # Code and paper disagree about subjects; which of them the weights were trained on is not known.
    "subject": InstructionTemplate(
        "Generate a dual-panel image of {width}x{height} where the <upper half> displays a <{subject}>, "
        "while the <lower half> retains the original image for direct visual comparison:\n{prompt}",
        "code",
    ),
    "subject_paper": InstructionTemplate(
        "Generate a dual-panel image of {width}×{height} where the <upper half> displays: {subject}, while "
        "the <lower half> shows the image according to the object and following prompt: {prompt}.",
        "paper",
    ),
    # Dense prediction: the image pair without a prompt, its upper half given. Published without wording.
    "predict": InstructionTemplate(
        "Generate a dual-panel image of {width}x{height} where the <lower half> displays a <{map}>, while "
        "the <upper half> retains the original image for direct visual comparison:\n",
        "ours",
    ),
    # Several turns are this sentence again, with the last result as the upper half.
    "edit": InstructionTemplate(
        "Generate a dual-panel image of {width}x{height} where the <upper half> retains the original image, "
        "while the <lower half> shows the image according to the following edit:\n{instruction}",
        "ours",
    ),
}

MAPS: dict[Kind, str] = {  # what a kind of map is called in the sentences
    "depth": "depth map",
    "canny": "canny edge map",
    "hed": "hed edge map",
    "openpose": "pose estimation map",
    "normal": "normal map",  # from here on our names
    "segmentation": "segmentation map",
    "scribble": "scribble map",
}


def text_to_image(prompt: str, width: int, height: int) -> str:
    """A picture from a description."""
    return TEMPLATES["text_to_image"].fill(width, height, prompt=prompt)


def text_to_image_unsized(prompt: str) -> str:
    """A picture from a description that does not name its size; training uses it now and then."""
    return TEMPLATES["text_to_image_unsized"].fill(0, 0, prompt=prompt)


def image_pair(kind: Kind, prompt: str, width: int, height: int) -> str:
    """A picture above its map, both drawn."""
    return TEMPLATES["image_pair"].fill(width, height, map=MAPS[kind], prompt=prompt)


def control(kind: Kind, prompt: str, width: int, height: int) -> str:
    """A picture below the given map."""
    return TEMPLATES["control"].fill(width, height, map=MAPS[kind], prompt=prompt)


def subject(description: str, prompt: str, width: int, height: int, wording: Wording = "code") -> str:
    """The given thing, which ``description`` names, in a new scene."""
    name = "subject" if wording == "code" else "subject_paper"
    return TEMPLATES[name].fill(width, height, subject=description, prompt=prompt)


def predict(kind: Kind, width: int, height: int) -> str:
    """The map of the given picture."""
    return TEMPLATES["predict"].fill(width, height, map=MAPS[kind])


def edit(instruction: str, width: int, height: int) -> str:
    """The given picture, changed as the instruction says."""
    return TEMPLATES["edit"].fill(width, height, instruction=instruction)
