"""What the tests of the server share."""

import pytest

from lumina.runtime.fake import FakePipeline
from lumina.server.workshop import Workshop


@pytest.fixture
def workshop() -> Workshop:
    """One whose fake model is loaded."""
    made = Workshop(FakePipeline)
    made.open()
    assert made.wait(10)
    return made
