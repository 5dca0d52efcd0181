"""Everything out, and in again: one archive of all that a company keeps, read by any spreadsheet and by Coordina.

It owns the form of that archive and the record that one was made. What of a table goes along is said by its model
(`core.carried`); backups, which hold one database as it is, belong to `config`.
"""
