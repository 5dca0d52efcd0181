"""Alerts: raised and taken back by what rooms watch, put off, handed on and closed by people."""
