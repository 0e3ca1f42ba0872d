"""Presets: each is what its words say, and none makes pictures less right by more heat."""

from lumina.model.config import MODELS
from lumina.settings import Settings
from lumina.tasks.text_to_image import TextToImage
from lumina.ui.presets import BEST, FIELDS, USUAL, VARIED, ways_of


def test_varied_draws_more_best_chooses_and_neither_heats() -> None:
    for spec in MODELS.values():
        usual = float(TextToImage.defaults(spec, Settings())["temperature"])
        ways = ways_of(1, 1, usual, "likelihood")
        assert ways[USUAL] == [1, 1, usual, "likelihood"] and ways[VARIED] == [4, 1, usual, "likelihood"]
        assert ways[BEST] == [1, 4, usual, "auto"]
        for values in ways.values():
            TextToImage(prompt="a", **dict(zip(FIELDS, values, strict=True)))
