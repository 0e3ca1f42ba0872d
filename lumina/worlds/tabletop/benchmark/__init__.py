"""The tabletop benchmark: every task on held-out scenes, against their exact truth."""

from lumina.worlds.benchmark import CaseTable
from lumina.worlds.tabletop.benchmark.asked import AskedEdits
from lumina.worlds.tabletop.benchmark.control import control_cases
from lumina.worlds.tabletop.benchmark.editing import edit_cases, turn_cases
from lumina.worlds.tabletop.benchmark.prediction import pair_cases, predict_cases
from lumina.worlds.tabletop.benchmark.prompts import prompt_cases
from lumina.worlds.tabletop.benchmark.specimens import specimens
from lumina.worlds.tabletop.benchmark.subject import subject_cases
from lumina.worlds.tabletop.benchmark.thresholds import THRESHOLDS

BENCHMARK = CaseTable(
    {  # with the task that draws
        "text_to_image": ("text_to_image", prompt_cases),
        "image_pair": ("image_pair", pair_cases),
        "control": ("control", control_cases),
        "predict": ("predict", predict_cases),
        "edit": ("edit", edit_cases),
        "multi_turn": ("edit", turn_cases),
        "subject": ("subject", subject_cases),
    },
    THRESHOLDS,
    specimens,
    AskedEdits(),
)
