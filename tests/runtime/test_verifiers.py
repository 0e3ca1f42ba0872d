"""Verifiers: other models choose the best of several, by what they say or by the mean of their ranks."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from lumina.errors import InputError
from lumina.runtime.events import Finished, Scored
from lumina.runtime.fake import FakePipeline
from lumina.runtime.pipeline import Pipeline
from lumina.runtime.verifiers import Verifiers, mean_ranks
from lumina.server.doctor import examine
from lumina.settings import Settings
from lumina.steps import finish
from lumina.tasks.text_to_image import TextToImage
from lumina.tasks.utility.grids import Pick
from tests.runtime.asking import request
from tests.tiny import write_tiny_model

CPU = torch.device("cpu")


def write_clip(folder: Path, seed: int) -> str:
    """A CLIP of random weights that reads small letters."""
    from transformers import CLIPConfig, CLIPModel, CLIPProcessor, CLIPTokenizerFast
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(seed)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    words = {"vocab_size": 54, "max_position_embeddings": 16, "bos_token_id": 0, "eos_token_id": 1}
    pixels = {"image_size": 32, "patch_size": 8}
    config = CLIPConfig(text_config=sizes | words, vision_config=sizes | pixels, projection_dim=8)
    CLIPModel(config).save_pretrained(folder)
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    (folder / "vocab.json").write_text(json.dumps({token: at for at, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    text = CLIPTokenizerFast(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=16)
    cut = CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(cut, text).save_pretrained(folder)
    return str(folder)


def write_aesthetic(folder: Path, labels: int = 1) -> str:
    """A network of random weights that gives a picture one number, or classes."""
    from transformers import ViTConfig, ViTForImageClassification
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    torch.manual_seed(7)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = ViTConfig(**sizes, image_size=32, patch_size=8, num_labels=labels)
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("verifiers")
    return [write_clip(folder / "a", 1), write_clip(folder / "b", 2), write_aesthetic(folder / "c")]


def a_pipeline(folder: Path, *verifiers: str) -> Pipeline:
    write_tiny_model(folder)
    return Pipeline.load(str(folder), Settings(dtype="float64", verifiers=verifiers))


def test_the_best_is_the_one_that_the_verifiers_rank_highest(models: list[str], tmp_path: Path) -> None:
    for verifiers in (models[:1], models):
        pipeline = a_pipeline(tmp_path, *verifiers)
        asked = request(pipeline, width=64, height=64, prompt="two cones", seed=3)
        events = list(pipeline.draw(asked.candidates(4, "verifiers", 0)))
        pictures = {each.index: each.drawing.image for each in events if isinstance(each, Finished)}
        scores = {each.index: each.score for each in events if isinstance(each, Scored)}
        assert len(set(scores.values())) > 1
        told = Verifiers(verifiers, CPU).scores([("two cones", pictures[index]) for index in range(4)])
        assert [scores[index] for index in range(4)] == pytest.approx(told, abs=1e-4)

        task = TextToImage(prompt="two cones", seed=3, width=64, height=64, best_of=4, scorer="verifiers")
        (best,) = finish(task.run(pipeline)).image
        there = [("two cones", each.image) for each in best.candidates]
        told = Verifiers(verifiers, CPU).scores(there)
        assert [each.score for each in best.candidates] == pytest.approx(told, abs=1e-4)
        assert best.score == pytest.approx(max(told), abs=1e-4) and len(told) == 4

        images = tuple(each.model_copy(update={"candidates": ()}) for each in best.candidates[::-1])
        picked = finish(Pick(images=images, scorer="verifiers").run(pipeline)).image
        assert picked.drawing.seed == best.drawing.seed


def test_ranks_count_and_not_scales() -> None:
    assert mean_ranks([[0.1, 0.3, 0.2]]) == [0.0, 1.0, 0.5]
    assert mean_ranks([[1, 2, 3], [900, 0, 500]]) == [0.5, 0.25, 0.75]
    assert mean_ranks([[5, 5, 1]]) == [0.75, 0.75, 0.0]
    assert mean_ranks([[4.2]]) == [0.0]


def test_what_cannot_verify_is_named(
    models: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = [("a cone", Image.new("RGB", (32, 32)))]
    with pytest.raises(
        InputError, match="LUMINA_VERIFIERS names 'nothing/here', which is neither a folder nor"
    ):
        Verifiers(["nothing/here"], CPU).scores(picture)
    many = write_aesthetic(tmp_path / "many", labels=5)
    with pytest.raises(InputError, match="sorts pictures into 5 classes"):
        Verifiers([many], CPU).scores(picture)

    fake = FakePipeline()
    asked = request(fake, width=64, height=64, prompt="two cones").candidates(2, "verifiers", 0)
    with pytest.raises(InputError, match="named in LUMINA_VERIFIERS"):
        fake.draw(asked)
    pipeline = a_pipeline(tmp_path / "model", *models[:1])
    wrong = a_pipeline(tmp_path / "model", many)
    with pytest.raises(InputError, match="sorts pictures into 5 classes"):  # before anything is drawn
        wrong.draw(request(wrong, width=64, height=64, prompt="two cones").candidates(2, "verifiers", 0))
    without = request(pipeline, width=64, height=64, prompt="").candidates(2, "verifiers", 0)
    with pytest.raises(InputError, match="compares single pictures with a prompt"):
        pipeline.draw(without)

    assert examine()["verifiers"] == {"ok": True, "found": "none"}
    monkeypatch.setenv("LUMINA_VERIFIERS", f" {models[0]} ,, {models[2]}")
    assert examine()["verifiers"] == {"ok": True, "found": f"2: {models[0]}, {models[2]}"}
    monkeypatch.setenv("LUMINA_VERIFIERS", "nothing/here")
    assert not examine()["verifiers"]["ok"]
