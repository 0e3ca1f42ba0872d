"""What each row of the benchmarks is to reach, and the paper's figure for its own world beside it."""

from lumina.worlds.benchmark import Target

PREDICTED = {
    "depth": (Target("abs_rel", 0.04, False), Target("delta1", 0.98)),
    "normal": (Target("mean_angle", 10, False),),
    "segmentation": (Target("instance_miou", 0.85),),
    "canny": (Target("f1", 0.80),),
}
PAIR_SLACK = 1.5  # times the error that a predicted map may have
OBEYED = Target("prompt_obeyed", 0.85)
DONE = (Target("right", 0.90), Target("unchanged", 0.90))
TARGETS: dict[str, tuple[Target, ...]] = {
    **PREDICTED,
    "pair_depth": (Target("abs_rel", 0.04 * PAIR_SLACK, False), Target("delta1", 1 - 0.02 * PAIR_SLACK)),
    "pair_normal": (Target("mean_angle", 10 * PAIR_SLACK, False),),
    "pair_segmentation": (Target("instance_miou", 1 - 0.15 * PAIR_SLACK),),
    "pair_canny": (Target("f1", 1 - 0.20 * PAIR_SLACK),),
    "control_depth": (Target("rmse", 12, False, "17.42"), OBEYED),
    "control_canny": (Target("f1", 0.60, paper="0.49"), OBEYED),
    "control_normal": (OBEYED,),
    "control_segmentation": (OBEYED,),
    "control_hed": (OBEYED,),
    "control_scribble": (OBEYED,),
    **{f"edit_{name}": DONE for name in ("recolour", "resize", "remove", "add", "replace", "move")},
    "edit_reground": DONE[:1],
    "edit_relight": DONE[:1],
    "multi_turn": (Target("all_right", 0.65),),
    "subject": (Target("same", 0.85), Target("scene_obeyed", 0.80)),
}
