"""People who act in the tests of privacy."""

import pytest

from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()
