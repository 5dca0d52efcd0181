"""Leads: who might become a customer, until they are converted into company, person and opportunity (L1)."""
