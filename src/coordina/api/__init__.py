"""The REST door: every record type and every action for programs, written once over the declarations.

Owns addresses, reading and writing as JSON, the OpenAPI document and the pages that explain it. Knows no business: a
new noun is there as soon as it is declared. Who calls is told by a personal token, never by a session.
"""
