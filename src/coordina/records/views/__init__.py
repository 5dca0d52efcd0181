"""Pages of what hangs on records: the timeline, notes and files."""
