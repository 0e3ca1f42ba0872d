"""What the surroundings decide (model, precision, folders), read from the environment in one place."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit

from lumina.errors import InputError
from lumina.files import expanded, folder_named

Dtype = Literal["float32", "bfloat16", "float64"]
Quant = Literal["none", "int8", "int4"]
Cache = Literal["full", "int8"]
Switch = Literal["0", "1"]
Log = Literal["text", "json"]
Content = Literal["auto", "on", "off"]
Found = TypeVar("Found")

# What people write for the same value.
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_SAME = (
    {*_YES}, {*_NO, "none"}, {"bfloat16", "bf16"}, {"float32", "fp32"}, {"float64", "fp64"},
)  # fmt: skip
# What other programs call a setting.
_ELSEWHERE = {"CACHE_DIR": "RESULTS", "CACHE_FOLDER": "RESULTS", "GPU": "DEVICE", "PRECISION": "DTYPE"}
_OF_FOLDER = re.compile(r"_?(?:DIR|FOLDER|PATH)$")
# What people look for among the settings, and what each picture has of its own.
OF_A_PICTURE = (
    "SEED", "PROMPT", "WIDTH", "HEIGHT", "GUIDANCE_SCALE", "TEMPERATURE", "TOP_K", "TOP_P", "BEST_OF",
)  # fmt: skip
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")
MAX_WAITING = 32  # drawings in the queue of a page
PUBLIC_EACH = 4  # drawings of one address in the queue of a public page
SPACE_SECONDS = 600  # of drawing for one address within an hour, on a Space
MOST_SECONDS = 3600 * MAX_WAITING
SLOTS = 8  # pictures that are drawn side by side, where the memory allows it


@dataclass(frozen=True)
class Settings:
    """One value per environment variable ``LUMINA_<NAME>``; the defaults need no environment at all.

    ``threads`` 0 is one CPU thread for a small model and all but one core for others; ``slots`` are the
    pictures drawn side by side at most, 0 for 8 of a small model and 2 of others. ``device`` "auto" takes a
    GPU where there is one.
    ``outputs`` is the folder that pictures are written to, ``results`` the one that results of workflows are
    kept in, so that nothing is drawn twice, ``models`` the one that models are fetched to.
    ``has_dtype`` says that someone asked for ``dtype``; otherwise a model may bring its own. ``quant``
    shrinks the transformer's weights, ``cache`` what it remembers of a picture. ``trusts_proxy`` says that
    the server is reached through a proxy alone, which says truly where a request comes from and goes to.
    ``drawings_each`` of one address may wait or be drawn at once; 0 leaves the number to the page. It may
    draw for ``seconds_each`` within an hour; 0 is no limit, None leaves it to the page. ``log`` is how the
    server writes its log, ``has_metrics`` whether it tells its counts at ``/metrics``. ``content`` decides
    whether pictures are looked at, with ``content_model``, an ONNX file; "auto": those of a published model
    on a public page. ``verifiers`` are the models that the scorer of that name asks. ``engine`` is the
    address of a model that is served elsewhere (`lumina serve`), which then draws in place of one in this
    process; ``token`` is the secret that it asks for. ``rewriter`` is the address of a language model that
    writes prompts out in detail, ``rewriter_model`` its name there, ``rewriter_key`` the secret for it.
    """

    model: str = "tabletop"
    dtype: Dtype = "float32"
    window: int = 24
    threads: int = 0
    device: str = "auto"
    outputs: Path = Path("outputs")
    results: Path = field(default_factory=lambda: expanded("~/.cache/lumina-studio"))
    models: Path = field(default_factory=lambda: expanded("~/.cache/lumina"))
    has_dtype: bool = field(default=False, compare=False)
    quant: Quant = "none"
    cache: Cache = "full"
    trusts_proxy: bool = False
    drawings_each: int = 0
    slots: int = 0
    seconds_each: int | None = None
    log: Log = "text"
    has_metrics: bool = False
    content: Content = "auto"
    content_model: Path | None = None
    verifiers: tuple[str, ...] = ()
    engine: str = ""
    token: str = field(default="", repr=False)
    rewriter: str = ""
    rewriter_model: str = ""
    rewriter_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read ``LUMINA_*`` variables, each as it is without what a file of settings leaves around it.

        Raises InputError naming the variable that does not make sense.
        """
        given = bared(os.environ if environment is None else environment)
        default = cls()
        return cls(
            model=path_in("LUMINA_MODEL", given, default.model, model_at_home),
            dtype=one_of(Dtype, "LUMINA_DTYPE", given, default.dtype),
            window=_whole("LUMINA_WINDOW", given, default.window, low=1, high=256),
            slots=_whole_or_auto("LUMINA_SLOTS", given, default.slots, high=64),
            threads=_whole_or_auto("LUMINA_THREADS", given, default.threads, high=1024),
            device=given.get("LUMINA_DEVICE") or default.device,
            outputs=path_in("LUMINA_OUTPUTS", given, default.outputs, folder_named),
            results=path_in("LUMINA_RESULTS", given, default.results, folder_named),
            models=path_in("LUMINA_MODELS", given, default.models, folder_named),
            has_dtype=bool(given.get("LUMINA_DTYPE")),
            quant=one_of(Quant, "LUMINA_QUANT", given, default.quant),
            cache=one_of(Cache, "LUMINA_CACHE", given, default.cache),
            drawings_each=_whole("LUMINA_DRAWINGS_EACH", given, 0, low=0, high=MAX_WAITING),
            seconds_each=_whole("LUMINA_SECONDS_EACH", given, 0, low=0, high=MOST_SECONDS)
            if given.get("LUMINA_SECONDS_EACH")
            else None,
            content=one_of(Content, "LUMINA_CONTENT", given, default.content),
            content_model=path_in("LUMINA_CONTENT_MODEL", given, default.content_model, expanded),
            verifiers=tuple(filter(None, map(str.strip, given.get("LUMINA_VERIFIERS", "").split(",")))),
            log=one_of(Log, "LUMINA_LOG", given, default.log),
            has_metrics=one_of(Switch, "LUMINA_METRICS", given, "0") == "1",
            trusts_proxy=one_of(Switch, "LUMINA_TRUST_PROXY", given, "0") == "1",
            engine=_address("LUMINA_ENGINE", given, "http://engine:8100"),
            token=_secret("LUMINA_TOKEN", given),
            rewriter=_address("LUMINA_REWRITER", given, "http://127.0.0.1:8080/v1"),
            rewriter_model=given.get("LUMINA_REWRITER_MODEL", ""),
            rewriter_key=_secret("LUMINA_REWRITER_KEY", given),
        )

    @classmethod
    def with_faults(cls, environment: Mapping[str, str] | None = None) -> "tuple[Settings, tuple[str, ...]]":
        """The settings with the default of each variable that does not make sense, and a sentence for each.

        Raises InputError for what is the fault of no single variable.
        """
        given = bared(os.environ if environment is None else environment)
        faults: list[str] = []
        while True:
            try:
                return cls.from_environment(given), tuple(faults)
            except InputError as error:
                faults.append(str(error))
                if given.pop(str(error).partition(" ")[0].rstrip(":"), None) is None:
                    raise

    @staticmethod
    def misspelt(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """A sentence for each variable that is no setting and is called nearly as one, or as an option."""
        fields = {name: name.upper() for name in Settings.__dataclass_fields__ if name != "has_dtype"}
        fields |= {"trusts_proxy": "TRUST_PROXY", "has_metrics": "METRICS"}
        known, told = [*fields.values()], []
        ours = {f"LUMINA_{name}" for name in known}
        for variable, value in (os.environ if environment is None else environment).items():
            prefix, _, name = variable.upper().partition("_")
            if variable in ours or not get_close_matches(prefix, ["LUMINA"], cutoff=0.8):
                continue
            if near := _near_setting(name, known, prefix):
                told.append(f"{variable} is no setting; did you mean LUMINA_{near}?")
            elif name in OF_A_PICTURE and prefix == "LUMINA":
                told.append(f"{variable} is no setting, but of each picture; {_given_as(name.lower())}.")
            elif variable in ("LUMINA_PORT", "LUMINA_HOST") and "://" not in value:  # which Kubernetes sets
                told.append(f"{variable} is no setting; use `lumina ui --{name.lower()} {value}`.")
        return tuple(told)

    def drawings_on(self, is_public: bool) -> int:
        """How many drawings of one address a page has in its queue."""
        return self.drawings_each or (PUBLIC_EACH if is_public else MAX_WAITING)

    def seconds_on(self, is_space: bool) -> int:
        """How many seconds one address may draw within an hour; 0 is no limit."""
        if self.seconds_each is not None:
            return self.seconds_each
        return SPACE_SECONDS if is_space else 0

    def suited(self, dtype: Dtype | None) -> Self:
        """With a model's own precision where nobody asked for one."""
        if self.has_dtype or dtype is None or self.dtype != Settings.dtype:
            return self
        return replace(self, dtype=dtype)


def _near_setting(name: str, known: Sequence[str], prefix: str) -> str:
    """The setting that may be meant by a name, of which it may be the beginning; "" if none may."""
    name = _ELSEWHERE.get(name) or _OF_FOLDER.sub("", name)
    near = get_close_matches(name, known, n=1, cutoff=0.75 if prefix == "LUMINA" else 1)
    begun = [each for each in known if len(name) > 2 and each.startswith(name) and prefix == "LUMINA"]
    return (near or begun or [""])[0]


def _given_as(field: str) -> str:
    option = field.replace("_", "-")
    ways = f"`--{option}` with `lumina generate`, `--set NODE.{field}=…` with `lumina run`"
    return f"give {ways}, or fill its field"


def is_yes(text: str) -> bool | None:
    """What a word for yes or no says, in any letters; None for others."""
    plain = text.strip().casefold()
    return True if plain in _YES else False if plain in _NO else None


def bared(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables without white space around their values, and without a pair of quotes around these.

    A shell takes both off; a file that is read line by line (``docker --env-file``, a ``.env`` with the line
    ends of Windows) leaves them.
    """
    return {name: _bare(text) for name, text in environment.items()}


def _bare(text: str) -> str:
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if is_quoted else text


def path_in(name: str, given: Mapping[str, str], default: Found, parse: Callable[[str], Found]) -> Found:
    """The path of a variable as ``parse`` has it; of others within it, which no shell has filled in, their
    values.

    Raises InputError, which names the variable first, for one that has none and for what cannot be a path.
    """
    if not given.get(name):
        return default
    text = os.path.expandvars(given[name])
    if left := _VARIABLE.search(text):
        raise InputError(f"{name} holds {left[0]}, which has no value here; write the path in full.")
    try:
        return parse(text)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def model_at_home(name: str) -> str:
    """The name of a model; of one that is a folder in the home, its whole path."""
    return str(expanded(name)) if name.startswith("~") else name


def one_of(kind: Any, name: str, given: Mapping[str, str], default: str) -> Any:
    """The value of ``name``, an environment variable or an option, as it is meant; or an InputError."""
    text = given.get(name) or default
    plain = text.strip().casefold()
    for each in get_args(kind):
        if each == plain or any({each, plain} <= words for words in _SAME):
            return each
    raise InputError(f"{name} must be one of {', '.join(get_args(kind))}, not {text!r}.")


def _whole(name: str, given: Mapping[str, str], default: int, *, low: int, high: int) -> int:
    text = given.get(name) or str(default)
    if not (text.isdecimal() and low <= int(text) <= high):
        raise InputError(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _whole_or_auto(name: str, given: Mapping[str, str], default: int, *, high: int) -> int:
    """As :func:`_whole`, where 0 leaves the choice to the program."""
    if given.get(name, "").casefold() == "auto":
        return 0
    return _whole(name, given, default, low=0, high=high)


def _address(name: str, given: Mapping[str, str], example: str) -> str:
    """The beginning of an address of the web; what is no such is not repeated, for it may hold a password."""
    text = given.get(name, "").rstrip("/")
    try:
        parts = urlsplit(text)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_plain = is_plain and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        is_plain = False
    if text and not (is_plain and text.isascii() and text.isprintable() and " " not in text):
        raise InputError(f"{name} must be an address such as {example}, without a name or password.")
    return text


def _secret(name: str, given: Mapping[str, str]) -> str:
    """A secret as a header can carry it; it is repeated nowhere."""
    text = given.get(name, "")
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise InputError(f"{name} must be letters, digits and signs of ASCII, without spaces.")
    return text
