"""Second factors: apps that show codes, passkeys, and codes on paper; who has which, and taking them away."""
