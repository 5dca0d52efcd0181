"""Signing in with the company's own provider (OpenID Connect): authorization code, PKCE, and whose account it is."""
