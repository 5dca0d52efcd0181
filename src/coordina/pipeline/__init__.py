"""Opportunities on their way through the stages of a pipeline, until they are won or lost (P1)."""
