"""A company with web forms."""

import pytest

from coordina.accounts import tree
from coordina.accounts.rates import forget_rates
from tests.webforms.ground import Forms


@pytest.fixture
def forms(db: None) -> Forms:
    tree.forget()
    forget_rates()
    return Forms()
