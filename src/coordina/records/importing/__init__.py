"""The other half of the import assistant: from read rows to records, with a verdict for each row first.

`targets` (what a column may become), `analysis` (formats and proposals over all rows), `plan` (what was decided),
`references` (which record a name means), `judging` (row to values and verdict), `running` (check and import, in
chunks that survive a kill). Nothing knows any file's names.
"""
