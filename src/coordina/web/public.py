"""The pages one may open without signing in. Every other address asks for it."""

PUBLIC: dict[str, str] = {
    "web:sign_in": "one cannot be signed in yet",
    "web:first_run": "there is nobody yet who could sign in; closed as soon as the company exists",
    "web:forgotten": "whoever forgot the password cannot sign in; the answer is the same for every address",
    "web:access_link": "an invited person has no password yet; the link is moved out of the address, nothing else",
    "web:choose_password": "an invited person has no password yet; it needs the link that was sent to them alone",
    "web:health": "the process supervisor asks whether the program answers; it says nothing else",
    "web:language": "people choose a language before they sign in",
}
"""Name of the address, and why it is open."""
