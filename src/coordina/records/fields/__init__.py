"""Fields that people add to record types: what they are, how they are defined, converted and indexed."""
