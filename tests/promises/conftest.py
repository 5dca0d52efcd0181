"""A company that has stock and promises days."""

import pytest

from coordina.accounts import tree
from tests.stock.ground import Stock


@pytest.fixture
def stock(db: None) -> Stock:
    tree.forget()
    return Stock()
