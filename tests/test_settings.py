"""What the environment may decide."""

from pathlib import Path

import pytest

from lumina.errors import InputError
from lumina.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({"LUMINA_WINDOW": "", "OTHER": "1"}) == Settings()


def test_every_value_can_be_set() -> None:
    environment = {
        "LUMINA_MODEL": "big", "LUMINA_DTYPE": "bfloat16", "LUMINA_WINDOW": "4", "LUMINA_THREADS": "2",
        "LUMINA_DEVICE": "cuda:1", "LUMINA_OUTPUTS": "pictures", "LUMINA_RESULTS": "kept",
    }  # fmt: skip
    expected = Settings("big", "bfloat16", 4, 2, "cuda:1", Path("pictures"), Path("kept"))
    assert Settings.from_environment(environment) == expected
    assert Settings.from_environment(environment).has_dtype and not Settings.from_environment({}).has_dtype
    memory = {"LUMINA_MODELS": "kept", "LUMINA_QUANT": "int8", "LUMINA_CACHE": "int8", "LUMINA_SLOTS": "3"}
    expected = Settings(models=Path("kept"), quant="int8", cache="int8", slots=3)
    assert Settings.from_environment(memory) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WINDOW", "0"),
        ("WINDOW", "many"),
        ("WINDOW", "²"),
        ("THREADS", "-1"),
        ("DTYPE", "int8"),
        ("QUANT", "2"),
        ("CACHE", "small"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"LUMINA_{name} must be"):
        Settings.from_environment({f"LUMINA_{name}": value})
