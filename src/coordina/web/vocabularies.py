"""What filters may say about each record type; see `records.vocabularies`."""

from coordina.records.vocabularies import vocabulary_of

__all__ = ["vocabulary_of"]
