"""What holds for the project as a whole: light imports, current documents, rules of writing."""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

from lumina.files import shipped_files
from lumina.worlds import FOLDERS

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "lumina").rglob("*.py"))


def tracked() -> list[Path]:
    """The files of the repository; without git (a downloaded copy) its sources."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        return MODULES
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize(
    "module", ["lumina.tasks", "lumina.workflow.files", "lumina.runtime.fake", "lumina.cli.main"]
)
def test_what_stands_above_the_model_imports_without_torch(module: str) -> None:
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_say_what_they_are_for_and_functions_are_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "open with one sentence that says what the module is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


def test_files_are_small_enough_for_plain_git() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > 10_000_000] == []


def test_no_text_names_an_absolute_path_or_a_package_index() -> None:
    pattern = re.compile(
        "|".join([r"(?<![\w.])/" + "root/", "python" + r"hosted\.org", r"registry\." + "npm"])
    )
    kinds = {".py", ".md", ".txt", ".toml", ".json", ".ts", ".tsx", ".mjs", ".css"}
    texts = [path for path in tracked() if path.suffix in kinds]
    found = [path for path in texts if pattern.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert list(map(str, found)) == []


def test_every_requirement_is_pinned() -> None:
    pins = {_name(line) for line in _lines("constraints.txt")}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in _lines("constraints.txt"))
    wanted = {_name(line) for name in ("requirements.txt", "requirements-dev.txt") for line in _lines(name)}
    assert wanted <= pins
    assert "gradio" in {_name(line) for line in _lines("requirements.txt")}


def test_every_library_that_is_imported_is_required() -> None:
    known = {_name(line) for line in _lines("requirements.txt")} | set(sys.stdlib_module_names) | {"lumina"}
    known |= {"pil", "skimage", "spaces"}  # pillow, scikit-image; spaces is there on hosted pages only
    known |= {
        "torchao",
        "flash_attn",
        "resvg_py",
        "transformers",
        "onnxruntime",
        "pyarrow",
        "ray",
    }  # extras, and what is compared with
    imported = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).split(".")[0])
    assert {name for name in imported if name.lower() not in known} == set()


def test_links_between_documents_lead_somewhere() -> None:
    for document in (path for path in tracked() if path.suffix == ".md"):
        for target in re.findall(
            r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8")
        ):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_files_that_documents_name_are_there() -> None:
    files = ["/" + path.relative_to(ROOT).as_posix() for path in tracked()]
    named = re.compile(r"`((?:lumina|web|tests)/[a-z0-9_./-]*|[a-z0-9_./-]+\.(?:py|ts))`")
    past = [ROOT / "docs" / "decisions", ROOT / "docs" / "log", ROOT / "CHANGELOG.md"]
    for document in (path for path in tracked() if path.suffix == ".md"):
        if any(document.is_relative_to(place) for place in past):
            continue
        for name in named.findall(document.read_text(encoding="utf-8")):
            place = f"/{name.rstrip('/')}"
            is_there = any(file.endswith(place) or f"{place}/" in file for file in files)
            assert is_there, f"{document.name} names {name}"


def test_the_layers_cover_every_package() -> None:
    """A new package must be given a layer, or its imports would go unchecked."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert contracts[0]["exhaustive"]
    layers = set(re.findall(r"\w+", " ".join(contracts[0]["layers"])))
    present = {path.stem for path in (ROOT / "lumina").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert present - {"__init__", "__pycache__"} <= layers


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def _name(requirement: str) -> str:
    return (
        re.split(r"[<>=\[ ]", requirement)[0]
        .lower()
        .replace("_", "-")
        .replace("huggingface-hub", "huggingface_hub")
    )


@pytest.mark.parametrize("world", FOLDERS)
def test_no_class_name_has_two_meanings(world: str) -> None:
    """Worlds do not see each other: each may have its own scenes and edits."""
    others = [ROOT / "lumina" / "worlds" / name for name in FOLDERS if name != world]
    found: dict[str, set[Path]] = {}
    for path in (path for path in MODULES if not any(path.is_relative_to(other) for other in others)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(path)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}


def _words(name: str) -> set[str]:
    """The words of an identifier; of "marked" also "marks"."""
    parts = [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    return {*parts, *(f"{part.removesuffix('ed')}s" for part in parts if part.endswith("ed"))}


REPLACED = {
    "img": "", "pic": "", "backend": "", "callback": "runtime", "surprise": "", "attempt": "", "attempts": "",
    "marks": "training", "looks": "training", "slips": "training",
}  # fmt: skip
"""Words that the glossary replaces, and below which folder; its others have another meaning of their own."""


def test_words_that_the_glossary_replaces_name_nothing() -> None:
    glossary = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Glossary")[1]
    assert all(re.search(rf"\b{word}", glossary) for word in REPLACED)
    found = []
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        read = tokenize.generate_tokens(io.StringIO(source).readline)
        names = {path.stem, *(token.string for token in read if token.type == tokenize.NAME)}
        for word, folder in REPLACED.items():
            below = path.is_relative_to(ROOT / "lumina" / folder)
            found += [f"{path.name}: {name}" for name in names if below and word in _words(name)]
    assert found == []


def test_a_wheel_holds_what_the_package_has_beside_its_modules() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    endings = {Path(each).name for each in project["tool"]["setuptools"]["package-data"]["lumina"]}
    files = [path for path in tracked() if (ROOT / "lumina") in path.parents and path.suffix != ".py"]
    left_out = [path.name for path in files if not any(map(path.match, endings))]
    assert left_out in ([], ["sources.sha256"])  # which a test alone looks at


def test_one_place_knows_where_the_shipped_files_lie() -> None:
    pattern = re.compile(r"parents\[\d\].*(assets|workflows)")
    assert [path for path in MODULES if pattern.search(path.read_text("utf-8"))] == []
    setup = (ROOT / "setup.py").read_text("utf-8")
    assert all(f'"{name}"' in setup and (shipped_files() / name).is_dir() for name in ("assets", "workflows"))
