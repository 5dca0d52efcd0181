"""The ground floor: records, actions, types, metrics and panels as abstractions; values such as money and references.

Core owns no models. It knows how a row is written on record (`changes`, `records`), how a write is declared
(`actions`), how a noun presents itself (`types`) and what is worth knowing (`metrics`, `panels`). The rooms above fill
its registries; the doors read them.
"""
