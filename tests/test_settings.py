"""What the environment may decide."""

from pathlib import Path

import pytest

from lumina.errors import InputError, UnknownModel
from lumina.model.config import MODELS, spec_in
from lumina.settings import OF_A_PICTURE, Settings
from lumina.tasks.text_to_image import TextToImage


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


@pytest.mark.parametrize("url", ["http://gpu:8100", "https://draws.example/lumina", "http://[::1]:8100"])
def test_an_engine_is_an_address_and_its_token_is_shown_nowhere(url: str) -> None:
    settings = Settings.from_environment({"LUMINA_ENGINE": f"{url}/", "LUMINA_TOKEN": "s3cret"})
    assert (settings.engine, settings.token) == (url, "s3cret") and "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENGINE", "gpu:8100"),
        ("ENGINE", "http://me:s3cret@gpu"),
        ("ENGINE", "http://gpu:99999"),
        ("ENGINE", "ftp://gpu"),
        ("ENGINE", "http://gpu?s3cret"),
        ("TOKEN", "s3cret s3cret"),
        ("TOKEN", "s3crét"),
    ],
)
def test_what_may_hold_a_secret_is_refused_without_being_repeated(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"LUMINA_{name} must be") as caught:
        Settings.from_environment({f"LUMINA_{name}": value})
    assert value not in str(caught.value) and "s3cr" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "example"), [("ENGINE", "http://engine:8100"), ("REWRITER", "http://127.0.0.1:8080/v1")]
)
def test_an_address_has_an_example_of_its_own(name: str, example: str) -> None:
    with pytest.raises(InputError, match=f"LUMINA_{name} must be an address such as {example}, without"):
        Settings.from_environment({f"LUMINA_{name}": "localhost:8080"})


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
        ("SECONDS_EACH", "1.5"),
        ("LOG", "xml"),
        ("METRICS", "maybe"),
        ("CONTENT", "2"),
    ],
)
def test_what_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=f"LUMINA_{name} must be"):
        Settings.from_environment({f"LUMINA_{name}": value})


@pytest.mark.parametrize("around", ["{}\r", '"{}"', "'{}'", ' "{}" \r\n', "\t{}\u00a0"])
def test_what_a_file_of_settings_leaves_around_a_value_is_no_part_of_it(around: str) -> None:
    plain = {
        "LUMINA_MODEL": "tabletop", "LUMINA_SLOTS": "2", "LUMINA_DTYPE": "bfloat16", "LUMINA_DEVICE": "cpu",
        "LUMINA_RESULTS": "kept here", "LUMINA_TRUST_PROXY": "1",
    }  # fmt: skip
    left = {name: around.format(value) for name, value in plain.items()}
    assert Settings.from_environment(left) == Settings.from_environment(plain)
    assert Settings.from_environment({name: around.format("") for name in plain}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "plain"),
    [
        ("DTYPE", " BFLOAT16 ", "bfloat16"),
        ("DTYPE", "bf16", "bfloat16"),
        ("QUANT", "Int8", "int8"),
        ("QUANT", "off", "none"),
        ("LOG", "JSON", "json"),
        ("CONTENT", "False", "off"),
        ("THREADS", "Auto", "0"),
        ("SLOTS", "auto", "0"),
        *((name, on, "1") for name in ("METRICS", "TRUST_PROXY") for on in ("true", "YES", " On ")),
        *((name, off, "0") for name in ("METRICS", "TRUST_PROXY") for off in ("False", "no", "off")),
    ],
)
def test_a_plain_value_is_taken_in_other_letters_and_words(name: str, value: str, plain: str) -> None:
    given, meant = ({f"LUMINA_{name}": text} for text in (value, plain))
    assert Settings.from_environment(given) == Settings.from_environment(meant)


@pytest.mark.parametrize("name", ["MODEL", "OUTPUTS", "RESULTS", "MODELS", "CONTENT_MODEL"])
def test_what_can_be_no_path_is_named_by_its_variable_first(name: str) -> None:
    wrong = ["~nobody-here/x", *(["http://x/y", "$NOWHERE/x"] if name != "MODEL" else [])]
    if name not in ("MODEL", "CONTENT_MODEL"):
        wrong += ["x.png", r"C:\pics", "-"]
    for value in wrong:
        settings, (fault,) = Settings.with_faults({f"LUMINA_{name}": value, "LUMINA_LOG": "json"})
        assert fault.startswith(f"LUMINA_{name}") and settings == Settings(log="json")


def test_quotes_that_are_no_pair_stay() -> None:
    assert Settings.from_environment({"LUMINA_OUTPUTS": '5" prints'}).outputs == Path('5" prints')
    assert Settings.from_environment({"LUMINA_OUTPUTS": '"'}).outputs == Path('"')


def test_variables_that_no_shell_has_filled_in_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    for written in ("$HOME/pics", "${HOME}/pics", "~/pics"):
        assert Settings.from_environment({"LUMINA_OUTPUTS": written}).outputs == Path("/home/ann/pics")
    with pytest.raises(InputError, match=r"^LUMINA_RESULTS holds \$NOWHERE, which has no value here"):
        Settings.from_environment({"LUMINA_RESULTS": "$NOWHERE/kept"})


def test_a_model_that_the_environment_names_is_refused_by_its_variable() -> None:
    with pytest.raises(UnknownModel, match=r'^LUMINA_MODEL: There is no model "tabeltop"; choose one of'):
        spec_in(Settings.from_environment({"LUMINA_MODEL": "tabeltop"}))


def test_a_model_that_the_environment_names_is_taken_in_other_letters() -> None:
    assert spec_in(Settings.from_environment({"LUMINA_MODEL": "OMNI"})) is MODELS["omni"]
    assert spec_in(Settings(model="Tabletop@0123abcd")) is MODELS["tabletop"]


def test_a_variable_that_is_nearly_a_setting_is_named_and_those_of_others_are_not() -> None:
    others = {"LUMINA_SERVICE_HOST": "10.0.0.1", "LUMINA_PORT": "tcp://10.0.0.1:80", "LUMINA_BATCH": "9"}
    assert Settings.misspelt({"LUMINA_OUTPUTS": "a", "LUMINA_METRICS": "1", "HOME": "b", **others}) == ()
    assert Settings.misspelt({"LUMINA_OUTPUT": "a", "LUMINA_DTPYE": "b", "LUMINA_PORT": "8000"}) == (
        "LUMINA_OUTPUT is no setting; did you mean LUMINA_OUTPUTS?",
        "LUMINA_DTPYE is no setting; did you mean LUMINA_DTYPE?",
        "LUMINA_PORT is no setting; use `lumina ui --port 8000`.",
    )
    assert Settings.misspelt({"lumina_outputs": "a", "Lumina_Modell": "b", "LUMIAN_LOG": "c"}) == (
        "lumina_outputs is no setting; did you mean LUMINA_OUTPUTS?",
        "Lumina_Modell is no setting; did you mean LUMINA_MODEL?",
        "LUMIAN_LOG is no setting; did you mean LUMINA_LOG?",
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OUT", "OUTPUTS"),
        ("OUTDIR", "OUTPUTS"),
        ("OUTPUT_DIR", "OUTPUTS"),
        ("CACHE_DIR", "RESULTS"),
        ("MODELS_PATH", "MODELS"),
        ("GPU", "DEVICE"),
        ("PRECISION", "DTYPE"),
    ],
)
def test_a_setting_is_named_that_other_programs_call_otherwise(name: str, meant: str) -> None:
    (said,) = Settings.misspelt({f"LUMINA_{name}": "a"})
    assert said == f"LUMINA_{name} is no setting; did you mean LUMINA_{meant}?"


def test_what_each_picture_has_of_its_own_is_said_to_be_no_setting() -> None:
    assert {*map(str.lower, OF_A_PICTURE)} <= {*TextToImage.model_fields}
    assert Settings.misspelt({"LUMINA_SEED": "7", "lumina_top_k": "9", "SEED": "1", "LUMIN_SEED": "2"}) == (
        "LUMINA_SEED is no setting, but of each picture; give `--seed` with `lumina generate`, "
        "`--set NODE.seed=…` with `lumina run`, or fill its field.",
        "lumina_top_k is no setting, but of each picture; give `--top-k` with `lumina generate`, "
        "`--set NODE.top_k=…` with `lumina run`, or fill its field.",
    )
