"""Large databases for measuring: rows written straight, with all that use would have left behind.

`seed` writes them, `verify_seed` proves that ledger, ways, search rows, sums and references are as the doors leave
them.
"""
