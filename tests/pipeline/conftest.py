"""A company for every test of the pipeline."""

import pytest

from coordina.accounts.rates import forget_rates
from coordina.accounts.tree import forget
from tests.pipeline.ground import Ground, make_ground


@pytest.fixture
def ground(db: None) -> Ground:
    forget()
    forget_rates()
    return make_ground()
