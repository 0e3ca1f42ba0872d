"""One test run for each configuration of the reference that has the numbers a test asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parity.golden import Golden, configurations, is_large

_OPEN: dict[Path, Golden] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """``@pytest.mark.numbers("movq")`` runs a test with every configuration that has them."""
    if "golden" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("numbers")
    assert marker, "name the numbers that the test compares with"
    wanted = marker.args[0]
    folders = configurations(wanted)
    slow = [pytest.mark.slow] if wanted == "movq" else []
    metafunc.parametrize(
        "golden",
        [
            pytest.param(folder, id=folder.name, marks=slow if slow and is_large(folder) else [])
            for folder in folders
        ],
        indirect=True,
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Golden:
    """The configuration; its networks are read once for all tests."""
    folder: Path = request.param
    if folder not in _OPEN:
        _OPEN[folder] = Golden(folder, tmp_path_factory.mktemp(folder.name))
    return _OPEN[folder]


@pytest.fixture(scope="module", autouse=True)
def _let_go_of_large_networks() -> Iterator[None]:
    yield
    for folder in [folder for folder in _OPEN if is_large(folder)]:
        del _OPEN[folder]
