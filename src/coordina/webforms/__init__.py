"""Web forms: public pages by which people who have no account make leads, with proof of what they agreed to (L1)."""
