"""What changed, who changed it and how to take it back; and the queue of what is still to be done.

Owns change sets, their entries, undo, history, the outbox and jobs, and the two ways in for every door: `perform` and
`submit`.
"""
