"""What followers of an opportunity hear of."""

from coordina.activity.hearing import HEARD

HEARD.add("pipeline.Opportunity", ("stage", "status", "amount", "closes_on", "next_step", "next_step_on"))
