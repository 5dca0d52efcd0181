"""A company that has leads."""

import pytest

from coordina.accounts import tree
from coordina.accounts.rates import forget_rates
from tests.leads.ground import Leads


@pytest.fixture
def leads(db: None) -> Leads:
    tree.forget()
    forget_rates()
    return Leads()
