"""Pages about duplicates: the queue, merging and its undo, warnings while something new is typed."""
