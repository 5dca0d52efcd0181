"""A company that has stock."""

import pytest

from coordina.accounts import tree
from tests.stock.ground import Stock


@pytest.fixture
def stock(db: None) -> Stock:
    tree.forget()
    return Stock()
