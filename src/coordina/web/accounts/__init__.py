"""Pages of accounts: first run, sign-in, the own profile, and the settings with users, teams, roles and the company."""
