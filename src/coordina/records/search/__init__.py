"""Finding records of any type by their words: accents and case do not matter, beginnings of words are enough."""

from coordina.records.search.find import Answer, Hit, find, matching, search

__all__ = ["Answer", "Hit", "find", "matching", "search"]
