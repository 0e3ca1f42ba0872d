"""What each row of the benchmarks is to reach."""

from lumina.worlds.benchmark import Target
from lumina.worlds.stickers.edits import OPERATIONS, WHOLE_PICTURE

OBEYED = Target("prompt_obeyed", 0.85)
DONE = (Target("right", 0.85), Target("unchanged", 0.90))
TARGETS: dict[str, tuple[Target, ...]] = {
    "text_to_image": (
        Target("overall", 0.85), Target("single_object", 0.97), Target("two_objects", 0.90),
        Target("counting", 0.80), Target("colors", 0.90), Target("position", 0.85),
        Target("color_attribution", 0.70),
    ),
    "unseen_style": (Target("overall", 0.5),),
    "segmentation": (Target("instance_miou", 0.90),),
    "canny": (Target("f1", 0.80),),
    "control_canny": (Target("f1", 0.60), OBEYED),
    "control_segmentation": (OBEYED,),
    "control_hed": (OBEYED,),
    "control_scribble": (Target("f1", 0.60), OBEYED),
    **{f"edit_{name}": DONE[:1] if name in WHOLE_PICTURE else DONE for name in OPERATIONS},
    "multi_turn": (Target("all_right", 0.65),),
    "subject": (Target("same", 0.85),),
    "unseen_subject": (Target("same", 0.5),),
}  # fmt: skip
