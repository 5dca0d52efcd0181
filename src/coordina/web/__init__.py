"""The web door: the shell and the generic pages that every record type gets from its declaration."""
