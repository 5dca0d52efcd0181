"""The top floor: settings, addresses, the WSGI program, the command line, the server, backup and restore.

It owns no records and no rules of the business. It is the last of the installed apps, so that every room has
registered its declarations when its ``ready()`` freezes the registries.
"""
