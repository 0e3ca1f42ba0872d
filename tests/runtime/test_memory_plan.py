"""Memory is planned before it is taken: the figures, and the one sentence where it is too much."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from lumina.errors import InputError
from lumina.model.checkpoint import load_movqgan, load_transformer
from lumina.model.config import MODELS
from lumina.model.text import TextTokenizer
from lumina.runtime import pipeline as pipelines
from lumina.runtime.memory_plan import GB, free_memory, open_device, plan
from lumina.runtime.pipeline import Pipeline
from lumina.settings import Settings
from tests.tiny import write_tiny_model

GPU, CPU = torch.device("cuda"), torch.device("cpu")
OMNI = MODELS["omni"]


def test_the_7b_model_on_a_gpu() -> None:
    found = plan(OMNI, Settings(), GPU)
    assert found.settings.dtype == "bfloat16"
    assert found.transformer == pytest.approx(
        13.2 * GB, rel=0.03
    )  # layers, image rows of embeddings and head
    assert found.cache == pytest.approx(2 * 0.524e6 * 9700, rel=0.05)  # half a megabyte a token and row
    assert 20 * GB < found.total < 27 * GB
    shrunk = plan(OMNI, Settings(quant="int8", cache="int8"), GPU)
    assert shrunk.total < 17.5 * GB
    assert plan(MODELS["lumina-2b"], Settings(), GPU).total < found.total
    assert plan(OMNI, Settings(dtype="float32", has_dtype=True), GPU).total > 1.8 * found.total


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (24, "use --quant int8 (for the page LUMINA_QUANT=int8), which"),
        (16, "use --quant int8 --cache int8 (for the page LUMINA_QUANT=int8 LUMINA_CACHE=int8)"),
        (12, "use --quant int4 --cache int8"),
        (6, "a larger GPU"),
    ],
)
def test_what_does_not_fit_is_one_sentence_with_a_way_out(size: int, words: str) -> None:
    with pytest.raises(InputError) as error:
        plan(OMNI, Settings(), GPU).check(size * GB)
    sentence = str(error.value)
    assert words in sentence and f"this GPU has {size}.0 free" in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    plan(OMNI, Settings(), GPU).check(80 * GB)


def test_a_small_model_is_planned_as_large_as_it_is(tmp_path: Path) -> None:
    spec = write_tiny_model(tmp_path)
    found = plan(spec, Settings(), CPU)
    transformer, vocabulary = load_transformer(tmp_path), TextTokenizer.load(tmp_path).vocabulary()
    kept = sum(weight.nbytes for weight in transformer.parameters())
    kept -= (transformer.config.vocab_size - vocabulary.num_codes) * transformer.config.hidden_size * 4
    assert found.transformer == pytest.approx(kept, rel=0.05)
    movqgan = sum(weight.nbytes for weight in load_movqgan(tmp_path).parameters())
    assert found.movqgan == movqgan
    assert str(round(found.total / GB, 1)) in found.describe()


def test_loading_is_refused_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "tabletop", write_tiny_model(tmp_path))
    monkeypatch.setattr(pipelines, "free_memory", lambda _: 1000.0)
    monkeypatch.setattr(pipelines, "load_transformer", lambda *_: pytest.fail("was read"))
    with pytest.raises(InputError, match="this machine has"):
        Pipeline.load("tabletop")


def test_the_precision_is_the_models_unless_someone_asked() -> None:
    assert plan(OMNI, Settings()).settings.dtype == "bfloat16"
    assert Settings().suited(MODELS["tabletop"].dtype).dtype == "float32"
    asked = Settings.from_environment({"LUMINA_DTYPE": "float32"})
    assert asked.suited(OMNI.dtype).dtype == "float32"
    assert replace(Settings(), dtype="float64").suited(OMNI.dtype).dtype == "float64"


def test_devices_and_their_memory() -> None:
    assert free_memory(CPU) > 0.1 * GB
    assert open_device("auto").type in ("cpu", "cuda") and open_device("CPU").type == "cpu"
    with pytest.raises(InputError, match="LUMINA_DEVICE"):
        open_device("toaster")
