"""Companies and people, how they belong together, and every interaction with them (C1, C2)."""
