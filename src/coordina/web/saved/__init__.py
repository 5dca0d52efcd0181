"""Saved views and the layouts of a list: tabs and their menus, groups of rows, board, calendar, chart, export."""
