"""Users, roles, teams and the company itself; who may do what, and whose records they see.

Owns sign-in and its throttle. Knows nothing of what the rooms above keep.
"""
