"""A company that sells, has stock and promises days."""

import datetime as dt

import pytest
from django.utils import timezone

from coordina.accounts import tree
from coordina.accounts.models import Organization
from coordina.ledger.change_sets import change_set
from coordina.promises.reckoning import Moment
from tests.orders.ground import Orders
from tests.stock.ground import Stock

MONDAY = Moment(dt.date(2026, 11, 23), 9)


@pytest.fixture
def stock(db: None) -> Stock:
    tree.forget()
    return Stock()


@pytest.fixture
def shop(db: None) -> Orders:
    """In a country without known holidays, so that only weekends are days off."""
    tree.forget()
    made = Orders()
    with change_set(by=None, at=timezone.now(), via="system"):
        for row in Organization.objects.locked():
            row.country = ""
            row.save()
    return made
