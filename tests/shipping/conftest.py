"""A company that ships."""

import pytest

from tests.shipping.ground import Shipping


@pytest.fixture
def shipping(db: None) -> Shipping:
    return Shipping()
