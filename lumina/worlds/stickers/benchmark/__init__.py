"""The sticker benchmark: every task on held-out scenes, against their exact truth."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from lumina.worlds.benchmark import Case, Specimen, Threshold
from lumina.worlds.stickers.benchmark.editing import edit_cases, turn_cases
from lumina.worlds.stickers.benchmark.mapping import control_cases, pair_cases, predict_cases
from lumina.worlds.stickers.benchmark.prompts import prompt_cases, unseen_cases
from lumina.worlds.stickers.benchmark.specimens import specimens
from lumina.worlds.stickers.benchmark.subject import stranger_cases, subject_cases
from lumina.worlds.stickers.benchmark.thresholds import THRESHOLDS

_CASES: Mapping[str, tuple[str, Callable[[int, int], Iterator[Case]]]] = {  # with the task that draws
    "text_to_image": ("text_to_image", prompt_cases),
    "unseen_style": ("text_to_image", unseen_cases),
    "image_pair": ("image_pair", pair_cases),
    "control": ("control", control_cases),
    "predict": ("predict", predict_cases),
    "edit": ("edit", edit_cases),
    "multi_turn": ("edit", turn_cases),
    "subject": ("subject", subject_cases),
    "unseen_subject": ("subject", stranger_cases),
}


class StickersBenchmark:
    """See Benchmark."""

    tasks: Mapping[str, str] = {name: task for name, (task, _) in _CASES.items()}
    thresholds: Mapping[str, Sequence[Threshold]] = THRESHOLDS

    def cases(self, name: str, count: int, seed: int) -> Iterator[Case]:
        """See Benchmark."""
        return _CASES[name][1](count, seed)

    def specimens(self, count: int, seed: int, *, varied: bool = False) -> Iterator[Specimen]:
        """See Benchmark."""
        return specimens(count, seed)
