"""What every record may have: tags, notes, files, ids of other systems, search, and import runs.

Knows no business noun: it works on record types, whichever rooms declare them.
"""
