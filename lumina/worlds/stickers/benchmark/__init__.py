"""The sticker benchmark: every task on held-out scenes, against their exact truth."""

from lumina.worlds.benchmark import CaseTable
from lumina.worlds.stickers.benchmark.asked import AskedEdits
from lumina.worlds.stickers.benchmark.editing import edit_cases, turn_cases
from lumina.worlds.stickers.benchmark.mapping import control_cases, pair_cases, predict_cases
from lumina.worlds.stickers.benchmark.prompts import prompt_cases, unseen_cases
from lumina.worlds.stickers.benchmark.specimens import specimens
from lumina.worlds.stickers.benchmark.subject import stranger_cases, subject_cases
from lumina.worlds.stickers.benchmark.thresholds import THRESHOLDS

BENCHMARK = CaseTable(
    {  # with the task that draws
        "text_to_image": ("text_to_image", prompt_cases),
        "unseen_style": ("text_to_image", unseen_cases),
        "image_pair": ("image_pair", pair_cases),
        "control": ("control", control_cases),
        "predict": ("predict", predict_cases),
        "edit": ("edit", edit_cases),
        "multi_turn": ("edit", turn_cases),
        "subject": ("subject", subject_cases),
        "unseen_subject": ("subject", stranger_cases),
    },
    THRESHOLDS,
    specimens,
    AskedEdits(),
)
