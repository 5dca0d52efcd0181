"""Which day it is, for whom, as the pipeline asks it."""

from coordina.accounts.days import formats_here, furthest_today, today_of

__all__ = ["formats_here", "furthest_today", "today_of"]
