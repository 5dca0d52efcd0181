"""The first dashboard: figures of the pipeline, each opening the records behind it (R2)."""
