"""Bulk pages: picking records in a list, saying what is to be done, the preview, the progress and the result."""
