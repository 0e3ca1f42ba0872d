"""What the manifest of a model that draws the sticker world says."""

from collections.abc import Mapping
from typing import Any

SPEC: Mapping[str, Any] = {
    "title": "Stickers",
    "sizes": ((128, 128),),
    "default_size": (128, 128),
    "tasks": ("text_to_image",),  # the others are to be learned yet
    "guidance_scale": 1.5,
    "of_task": {  # what words leave open should vary, what a given picture decides should not
        "text_to_image": {"top_p": 0.95, "temperature": 0.8},
        "image_pair": {"temperature": 0.7},
        "predict": {"guidance_scale": 1.0, "temperature": 0.3},
        "control": {"guidance_scale": 1.0, "temperature": 0.3},
        "edit": {"guidance_scale": 1.25, "temperature": 0.5},
        "subject": {"guidance_scale": 1.5, "temperature": 0.3},
    },
    "panel_sizes": ((128, 128),),
    "note": "A small model of real things, drawn as stickers; trained here from scratch.",
    "kinds": ("segmentation", "canny", "hed", "scribble"),
    "panels_together": False,  # its pictures and maps are encoded one by one
    "world": "stickers",
}
