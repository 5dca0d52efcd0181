"""Data quality: what is asked of records, counted by who looks after them, and the marks of values that are wrong."""
