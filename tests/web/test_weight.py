"""What a page weighs when the browser has the assets already: at most 120 KB, compressed."""

import gzip

import pytest
from django.utils import timezone

from coordina.core.actions import standard
from coordina.core.types import TYPES
from coordina.customers.models import Company
from coordina.ledger.change_sets import change_set
from coordina.pipeline.defaults import make_default_pipeline
from coordina.pipeline.models import Opportunity

from .conftest import World

pytestmark = pytest.mark.django_db
MOST = 120 * 1024


def test_no_page_weighs_more_than_it_may(world: World) -> None:
    with change_set(by=world.director, at=timezone.now(), via="system"):
        make_default_pipeline(by=world.director, at=timezone.now())
    company = world.make(Company, name="Óptica Lince")
    for number in range(60):
        world.make(Opportunity, name=f"Faro {number} del puerto", company=company.pk, amount=str(1000 + number))
    urls = ["/", "/opportunities/board/", "/settings/", "/import/", f"/companies/{company.pk}/"]
    for known in TYPES:
        if known.within:
            continue
        urls.append(f"/{known.url}/")
        made = standard(known.model, "create")
        if made is not None and not made.hidden and world.director.may(made.permission):
            urls.append(f"/{known.url}/new/")
    client = world.client(world.director)
    weights = {}
    for url in urls:
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        weights[url] = len(gzip.compress(answer.content, 6))
    assert {url: size for url, size in weights.items() if size > MOST} == {}
