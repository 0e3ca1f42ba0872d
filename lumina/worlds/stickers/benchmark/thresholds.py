"""What each row of the benchmarks is to reach."""

from lumina.worlds.benchmark import Threshold
from lumina.worlds.stickers.edits import OPERATIONS, WHOLE_PICTURE

OBEYED = Threshold("prompt_obeyed", 0.85)
DONE = (Threshold("right", 0.85), Threshold("unchanged", 0.90))
THRESHOLDS: dict[str, tuple[Threshold, ...]] = {
    "text_to_image": (
        Threshold("overall", 0.85), Threshold("single_object", 0.97), Threshold("two_objects", 0.90),
        Threshold("counting", 0.80), Threshold("colors", 0.90), Threshold("position", 0.85),
        Threshold("color_attribution", 0.70),
    ),
    "unseen_style": (Threshold("overall", 0.5),),
    "segmentation": (Threshold("instance_miou", 0.90),),
    "canny": (Threshold("f1", 0.80),),
    "control_canny": (Threshold("f1", 0.60), OBEYED),
    "control_segmentation": (OBEYED,),
    "control_hed": (OBEYED,),
    "control_scribble": (Threshold("f1", 0.60), OBEYED),
    **{f"edit_{name}": DONE[:1] if name in WHOLE_PICTURE else DONE for name in OPERATIONS},
    "multi_turn": (Threshold("all_right", 0.65),),
    "subject": (Threshold("same", 0.85),),
    "unseen_subject": (Threshold("same", 0.5),),
}  # fmt: skip
