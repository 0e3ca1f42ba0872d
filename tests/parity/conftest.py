"""One test run for each configuration of the reference."""

import pytest

from tests.parity.golden import ROOT, Golden


@pytest.fixture(params=sorted(path.name for path in ROOT.iterdir() if path.is_dir()))
def golden(request: pytest.FixtureRequest) -> Golden:
    """Every configuration; those that would have to be built first are skipped by name."""
    found = Golden(ROOT / request.param)
    if not (found.model / "config.json").exists():
        pytest.skip(f"{request.param} holds no model files, only the recipe to build them")
    return found
