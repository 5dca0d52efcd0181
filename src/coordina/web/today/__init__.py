"""The cockpit: what needs a hand today by urgency and importance, each with what can be done about it in place."""
