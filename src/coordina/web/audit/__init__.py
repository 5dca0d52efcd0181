"""The auditor's report: everything that happened, narrowed as one likes, with what was before and after."""
