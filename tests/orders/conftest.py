"""A company that sells."""

import pytest

from coordina.accounts import tree
from tests.orders.ground import Orders


@pytest.fixture
def shop(db: None) -> Orders:
    tree.forget()
    return Orders()
