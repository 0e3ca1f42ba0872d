"""What a Hugging Face Space is given of this repository, what is wrong with that, and how it is sent."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lumina.errors import InputError, LuminaError
from lumina.model.config import MODELS, spec_in
from lumina.settings import Settings, bared

ROOT = Path(__file__).parents[2]
PARTS = ("README.md", "LICENSE", "app.py", "requirements.txt", "lumina", "assets", "workflows")
FRONT = (
    "title",
    "emoji",
    "colorFrom",
    "colorTo",
    "sdk",
    "sdk_version",
    "python_version",
    "app_file",
    "license",
)
COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
LONGEST = 60  # characters of `short_description`
SECRETS = ("TOKEN", "REWRITER_KEY")
# Settings that a Space needs to be as here; the others say nothing elsewhere, or are nobody's business there.
SENT = (
    "MODEL", "DTYPE", "WINDOW", "SLOTS", "QUANT", "CACHE", "DRAWINGS_EACH", "SECONDS_EACH", "CONTENT",
    "VERIFIERS", "LOG", "METRICS", "TRUST_PROXY", "ENGINE", "REWRITER", "REWRITER_MODEL",
)  # fmt: skip
NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TOKEN = re.compile(rb"\bhf_[A-Za-z0-9]{30,}\b")
_POINTER = b"version https://git-lfs"


@dataclass(frozen=True)
class Shipment:
    """What would be sent: files by name with their bytes, the front matter, variables, and what is wrong."""

    files: Mapping[str, int]
    front: Mapping[str, str]
    variables: Mapping[str, str]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def plan(root: Path = ROOT, environment: Mapping[str, str] | None = None) -> Shipment:
    """Look at the repository and at the settings; raises InputError where there is no repository."""
    if not (root / "README.md").is_file():
        raise InputError("Deploying needs the repository: run `lumina` from a clone (`make app`).")
    given = bared(os.environ if environment is None else environment)
    files = {name: (root / name).stat().st_size for name in sorted(_files(root))}
    front = front_matter(root)
    spec = spec_in(Settings.from_environment(given))
    problems = [*_of_files(root, files), *_of_front(root, front)]
    if spec.name not in MODELS:
        problems.append("LUMINA_MODEL names a folder of this machine; choose one that `lumina models` lists.")
    notes = ["no secrets: your token sends the files and stays here"]
    for name in SECRETS:
        if given.get(f"LUMINA_{name}"):
            notes.append(f"LUMINA_{name} stays here, too; put it among the Space's secrets")
    if spec.is_published:
        notes.append(f"{spec.title} needs GPU hardware, and is fetched when the Space starts")
    else:
        notes.append("CPU hardware is enough")
    return Shipment(files, front, variables(given), tuple(notes), tuple(problems))


def variables(given: Mapping[str, str]) -> dict[str, str]:
    """The settings of this machine that a Space needs as variables."""
    return {name: given[name] for name in (f"LUMINA_{each}" for each in SENT) if given.get(name)}


def front_matter(root: Path) -> dict[str, str]:
    """The lines at the head of README.md by which the hub knows how to run a Space."""
    found = _FRONT.match((root / "README.md").read_text(encoding="utf-8"))
    pairs = (line.partition(":") for line in (found[1] if found else "").splitlines())
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def send(sent: Shipment, name: str, root: Path = ROOT) -> str:
    """Make the Space ``name`` (OWNER/NAME) hold these files, and nothing else of them; its address.

    Raises InputError where the name or the token is missing or a problem is left, LuminaError where the
    hub does not take them.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"A Space is named OWNER/NAME, not {name[:100]!r}.")
    if sent.problems:
        raise InputError(f"Nothing is sent: {sent.problems[0]}")
    if find_spec("huggingface_hub") is None:
        raise InputError("huggingface_hub is not installed; push the repository to the Space with git.")
    import huggingface_hub

    if (token := huggingface_hub.get_token()) is None:
        raise InputError("There is no token of the hub; set HF_TOKEN, or run `hf auth login` first.")
    hub = huggingface_hub.HfApi(token=token)
    try:
        hub.create_repo(name, repo_type="space", space_sdk=sent.front["sdk"], exist_ok=True)
        for variable, value in sent.variables.items():
            hub.add_space_variable(name, variable, value)
        hub.upload_folder(
            repo_id=name,
            repo_type="space",
            folder_path=root,
            allow_patterns=[*sent.files],
            delete_patterns=[f"{part}/**" for part in PARTS if (root / part).is_dir()],
            commit_message="Lumina Studio",
        )
    except Exception as error:  # of the network and of the hub, many kinds
        raise LuminaError(f"The hub did not take the files ({type(error).__name__}); try again.") from error
    return f"https://huggingface.co/spaces/{name}"


def _files(root: Path) -> Iterator[str]:
    """Names of the files of `PARTS`: what git tracks, or without git all but what Python leaves there."""
    asked = ["git", "-C", str(root), "ls-files", "-z", "--", *PARTS]
    try:
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        below = (path for part in PARTS for path in (root / part, *(root / part).rglob("*")))
        told = [path.relative_to(root).as_posix() for path in below if "__pycache__" not in path.parts]
    yield from (name for name in told if name and (root / name).is_file())


def _of_files(root: Path, files: Mapping[str, int]) -> Iterator[str]:
    for part in PARTS:
        if not any(name == part or name.startswith(f"{part}/") for name in files):
            yield f"{part} is missing; take it from the repository."
    for name in files:
        content = (root / name).read_bytes()
        if content.startswith(_POINTER):
            yield f"{name} is a pointer of git LFS, not the file; run `git lfs pull`."
        if _TOKEN.search(content):
            yield f"{name} holds what looks like a token of the hub; take it out, and revoke it."


def _of_front(root: Path, front: Mapping[str, str]) -> Iterator[str]:
    missing = [name for name in FRONT if not front.get(name)]
    if missing:
        yield f"README.md: its head lacks {', '.join(missing)}."
        return
    if front["sdk"] != "gradio":
        yield f'README.md: sdk must be gradio, not "{front["sdk"]}".'
    if (pinned := _pinned_gradio(root)) and front["sdk_version"] != pinned:
        yield f"README.md: sdk_version is {front['sdk_version']}, and constraints.txt has gradio {pinned}."
    if not (root / front["app_file"]).is_file():
        yield f"README.md: app_file {front['app_file']} is not there."
    for name in ("colorFrom", "colorTo"):
        if front[name] not in COLOURS:
            yield f"README.md: {name} must be one of {', '.join(COLOURS)}."
    if len(front.get("short_description", "")) > LONGEST:
        yield f"README.md: short_description has over {LONGEST} characters."
    yield from _of_python(root, front["python_version"])


def _of_python(root: Path, version: str) -> Iterator[str]:
    least = "3.11"
    if (project := root / "pyproject.toml").is_file():
        said = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["requires-python"]
        least = str(said).removeprefix(">=")
    if [*map(int, re.findall(r"\d+", version))][:2] < [*map(int, least.split("."))]:
        yield f"README.md: python_version is {version}; {least} is the oldest that works."


def _pinned_gradio(root: Path) -> str:
    pins = root / "constraints.txt"
    found = re.search(r"^gradio==(\S+)", pins.read_text() if pins.is_file() else "", re.MULTILINE)
    return found[1] if found else ""
