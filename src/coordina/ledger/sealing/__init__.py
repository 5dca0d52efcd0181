"""Sealing of the ledger: who changes it in the database itself is found, and erased values stay verifiable."""
