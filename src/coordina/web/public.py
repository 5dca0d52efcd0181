"""The pages one may open without signing in. Every other address asks for it."""

PUBLIC: dict[str, str] = {
    "web:sign_in": "one cannot be signed in yet",
    "web:first_run": "there is nobody yet who could sign in; closed as soon as the company exists",
    "web:health": "the process supervisor asks whether the program answers; it says nothing else",
    "web:language": "people choose a language before they sign in",
}
"""Name of the address, and why it is open."""
