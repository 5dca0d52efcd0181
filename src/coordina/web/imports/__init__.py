"""The pages of the import assistant: file, columns, review, run, result, undo, and the list of what was imported."""
