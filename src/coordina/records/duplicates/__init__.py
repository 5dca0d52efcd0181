"""Records of one type that are the same thing twice: found, explained, reviewed, merged and un-merged.

A room declares by which of its fields two records are compared (`declared.MATCHINGS`). From these follow blocking keys
in a derived table (`index`), by which the likely twins of a record are a few index hits away (`lookup`); an additive
score with reasons (`scoring`); the queue of open pairs (`pairs`); and merging with everything that refers to a record
(`merging`). Nothing here knows companies or people.
"""
