"""The pure half of the import assistant: read a foreign table, recognise it, judge its values.

Nothing here touches the database, the clock or the network; the only input is a binary stream. The steps are
`reading` (bytes to rows), `profiles` (what a column holds, over all rows), `columns` (which column is which field),
`values` (text to dates, numbers and truth values) and `matching` (which existing label a value means). What is wrong
with a file, a row or a value is a `reasons.Reason`, never an exception: an import does not stop at a bad row.
"""
