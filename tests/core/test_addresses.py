"""Addresses by name are those that Django gives, for any ids, and only the shapes are kept."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from coordina.core import addresses
from coordina.core.addresses import address


@settings(deadline=None)
@given(pk=st.integers(0, 2**63 - 1), noun=st.sampled_from(("companies", "people", "opportunities")))
def test_as_django_says(pk: int, noun: str) -> None:
    assert address("web:detail", noun, pk) == reverse("web:detail", args=(noun, pk))
    assert address("web:panel", noun, pk, "tags") == reverse("web:panel", args=(noun, pk, "tags"))
    assert address("web:list", noun) == reverse("web:list", args=(noun,))


def test_texts_and_numbers_do_not_mix() -> None:
    assert address("web:view", "companies", "12-x") == reverse("web:view", args=("companies", "12-x"))
    for _turn in range(2):
        with pytest.raises(NoReverseMatch):
            address("web:detail", "companies", "no number")
        with pytest.raises(NoReverseMatch):
            address("web:no_such_page")


def test_ids_are_not_kept() -> None:
    address("web:detail", "companies", 1)
    before = len(addresses._shapes)
    for pk in range(2, 50):
        address("web:detail", "companies", pk)
    assert len(addresses._shapes) == before


@override_settings(ROOT_URLCONF="tests.core.nowhere")
def test_other_addresses_for_another_root() -> None:
    with pytest.raises(ModuleNotFoundError):
        address("web:list", "companies")
