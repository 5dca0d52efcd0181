"""Dashboards and figures: reads what the rooms below declare worth knowing, writes nothing (R2)."""
