"""Leads, their stages and reasons, and what belongs to a lead."""

from coordina.leads.models.lead import Lead
from coordina.leads.models.parts import Handover, LeadEntry, LeadProduct
from coordina.leads.models.stages import LeadReason, LeadStage

__all__ = ["Handover", "Lead", "LeadEntry", "LeadProduct", "LeadReason", "LeadStage"]
