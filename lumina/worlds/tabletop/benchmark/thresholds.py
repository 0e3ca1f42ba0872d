"""What each row of the benchmarks is to reach, and the paper's figure for its own world beside it."""

from lumina.worlds.benchmark import Threshold

PREDICTED = {
    "depth": (Threshold("abs_rel", 0.04, False), Threshold("delta1", 0.98)),
    "normal": (Threshold("mean_angle", 10, False),),
    "segmentation": (Threshold("instance_miou", 0.85),),
    "canny": (Threshold("f1", 0.80),),
}
PAIR_SLACK = 1.5  # times the error that a predicted map may have
OBEYED = Threshold("prompt_obeyed", 0.85)
DONE = (Threshold("right", 0.90), Threshold("unchanged", 0.90))
THRESHOLDS: dict[str, tuple[Threshold, ...]] = {
    **PREDICTED,
    "pair_depth": (
        Threshold("abs_rel", 0.04 * PAIR_SLACK, False),
        Threshold("delta1", 1 - 0.02 * PAIR_SLACK),
    ),
    "pair_normal": (Threshold("mean_angle", 10 * PAIR_SLACK, False),),
    "pair_segmentation": (Threshold("instance_miou", 1 - 0.15 * PAIR_SLACK),),
    "pair_canny": (Threshold("f1", 1 - 0.20 * PAIR_SLACK),),
    "control_depth": (Threshold("rmse", 12, False, "17.42"), OBEYED),
    "control_canny": (Threshold("f1", 0.60, paper="0.49"), OBEYED),
    "control_normal": (OBEYED,),
    "control_segmentation": (OBEYED,),
    "control_hed": (OBEYED,),
    "control_scribble": (OBEYED,),
    **{f"edit_{name}": DONE for name in ("recolour", "resize", "remove", "add", "replace", "move")},
    "edit_reground": DONE[:1],
    "edit_relight": DONE[:1],
    "multi_turn": (Threshold("all_right", 0.65),),
    "subject": (Threshold("same", 0.85), Threshold("scene_obeyed", 0.80)),
}
