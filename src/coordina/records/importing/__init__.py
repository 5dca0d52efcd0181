"""The other half of the import assistant: from read rows to records, with a verdict for each row first.

`targets` (what a column may become), `options` (what is asked once for a file), `analysis` (formats and proposals over
all rows), `plan` (what was decided), `references` (which record a name means), `judging` (row to values and verdict),
`checking` (verdicts before anything is written), `writing` and `running` (import in chunks that survive a kill, undo),
`steps` (what pages and jobs call). Nothing knows any file's names.
"""
