"""The picture tokenizer that is shipped: built as its curriculum says, and drawings are known again."""

import numpy as np
import pytest
import torch

from lumina.files import shipped_files
from lumina.model.checkpoint import load_movqgan
from lumina.model.config import MoVQConfig
from lumina.model.json_fields import read_json
from lumina.model.text import TextTokenizer
from lumina.training.curricula import curriculum_of, tokenizer_config
from lumina.training.tokenizer_trainer import psnr, to_pictures, to_pixels
from lumina.worlds import world_of

FOLDER = shipped_files() / "assets" / "models" / "stickers"
PROMPTS = ("a cat above a pizza", "a red book left of a dog", "three apples on a green background")


def test_it_is_built_as_the_curriculum_says() -> None:
    config = MoVQConfig.from_dict(read_json(FOLDER / "movq_config.json"))
    assert config == tokenizer_config(curriculum_of("stickers"))
    assert TextTokenizer.load(FOLDER).vocabulary().num_codes == config.n_embed


@pytest.mark.parametrize("seed", range(2))
def test_what_is_drawn_is_known_again_after_its_codes(seed: int) -> None:
    world, movqgan = world_of("stickers"), load_movqgan(FOLDER)
    assert world is not None
    scenes = [world.scene(prompt, seed, 128, 128).picture for prompt in PROMPTS]
    pixels = to_pixels(np.stack(scenes))
    with torch.inference_mode():
        again = movqgan.decode(movqgan.encode(pixels))
    assert psnr(again, pixels) > 22
    for prompt, picture in zip(PROMPTS, to_pictures(again), strict=True):
        assert world.shows(picture, prompt), prompt
