"""The views of accounts, by area."""
