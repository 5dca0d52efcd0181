"""The pages one may open without signing in. Every other address asks for it."""

PUBLIC: dict[str, str] = {
    "web:sign_in": "one cannot be signed in yet",
    "web:second_step": "who has given the password is not signed in yet; without such a session it leads to sign-in",
    "web:passkey_ask": "a passkey opens without a password; what is asked is the same for everybody and names nobody",
    "web:passkey_sign_in": "whoever signs in with a passkey is not signed in yet; it needs an answer signed by the key",
    "web:provider": "whoever signs in with the company's provider is not signed in yet; it only leads there",
    "web:provider_back": "whoever comes back from the provider is not signed in yet; it needs a token that it signed",
    "web:first_run": "there is nobody yet who could sign in; closed as soon as the company exists",
    "web:forgotten": "whoever forgot the password cannot sign in; the answer is the same for every address",
    "web:access_link": "an invited person has no password yet; the link is moved out of the address, nothing else",
    "web:choose_password": "an invited person has no password yet; it needs the link that was sent to them alone",
    "web:health": "the process supervisor asks whether the program answers; it says nothing else",
    "web:ready": "a load balancer asks whether to send anybody here; it says yes or no of each part, nothing else",
    "webforms:form": "whoever fills in a form on the company’s site has no account; it tells nothing of what is known",
    "webforms:confirm": "whoever confirms an e-mail address has no account; it needs the link that was mailed to it",
    "promises:status": "whoever ordered has no account; it needs the link they got and tells of that order alone",
    "shipping:door": "carriers have no account; only what is signed with the secret of its carrier is taken",
    "web:language": "people choose a language before they sign in",
}
"""Name of the address, and why it is open."""

WITHOUT_FACTOR: frozenset[str] = frozenset(
    {
        "web:security",
        "web:factor_app",
        "web:factor_app_begin",
        "web:factor_app_remove",
        "web:passkey_add",
        "web:passkey_add_ask",
        "web:confirm",
        "web:sign_out",
        "web:language",
        "web:health",
        "web:ready",
    }
)
"""What opens to who has to set a second factor up first: that, proving who one is, and the way out."""
