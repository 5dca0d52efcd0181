"""Finding records of any type by their words: accents and case do not matter, beginnings of words are enough."""

from coordina.records.search.find import Hit, find, matching

__all__ = ["Hit", "find", "matching"]
