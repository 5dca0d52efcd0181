"""Addresses of accounts, included in those of the web door; they come before the general ones, so that theirs win."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from coordina.web.accounts.views import (
    entry,
    links,
    passkeys,
    people,
    profile,
    provider,
    roles,
    second,
    security,
    settings,
    sign_ins,
    tokens,
)

_COMPANY = RedirectView.as_view(pattern_name="web:company")
_ROLES = RedirectView.as_view(pattern_name="web:roles")

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", entry.sign_in_page, name="sign_in"),
    path("sign-in/second/", second.second_step, name="second_step"),
    path("sign-in/passkey/", passkeys.sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/ask/", passkeys.ask, name="passkey_ask"),
    path("sign-in/provider/", provider.go, name="provider"),
    path("sign-in/provider/back/", provider.back, name="provider_back"),
    path("sign-out/", entry.sign_out, name="sign_out"),
    path("first-run/", entry.first_run, name="first_run"),
    path("start/", entry.start, name="start"),
    path("forgotten/", links.forgotten, name="forgotten"),
    path("access/", links.choose_password, name="choose_password"),
    path("access/<str:token>/", links.access_link, name="access_link"),
    path("profile/", profile.profile, name="profile"),
    path("confirm/", second.confirm, name="confirm"),
    path("profile/security/", security.security, name="security"),
    path("profile/security/app/", security.factor_app, name="factor_app"),
    path("profile/security/app/begin/", security.begin_app, name="factor_app_begin"),
    path("profile/security/app/remove/", security.remove_app, name="factor_app_remove"),
    path("profile/security/passkeys/", passkeys.add, name="passkey_add"),
    path("profile/security/passkeys/ask/", passkeys.ask_to_add, name="passkey_add_ask"),
    path("profile/security/passkeys/rename/", passkeys.rename, name="passkey_rename"),
    path("profile/security/passkeys/remove/", passkeys.remove, name="passkey_remove"),
    path("profile/security/codes/", security.renew_codes, name="recovery_codes"),
    path("profile/sessions/", links.sessions, name="sessions"),
    path("profile/sessions/end/", links.end_session, name="end_session"),
    path("profile/tokens/", tokens.tokens, name="tokens"),
    path("profile/tokens/end/", tokens.end, name="end_token"),
    path("profile/password/", profile.password, name="password"),
    path("settings/", settings.index, name="settings"),
    path("settings/company/", settings.company, name="company"),
    path("settings/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("settings/teams/", settings.teams, name="teams"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/roles/<int:pk>/", roles.permissions, name="role_permissions"),
    path("settings/roles/<int:pk>/fields/", roles.fields, name="role_fields"),
    path("settings/roles/<int:pk>/reset/", roles.reset, name="role_reset"),
    path("settings/roles/<int:pk>/copy/", roles.copy, name="role_copy"),
    # in place of the general pages of these records
    path("organization/", _COMPANY),
    path("organization/1/", _COMPANY),
    path("organization/1/edit/", _COMPANY),
    path("roles/", _ROLES),
    path("roles/<int:pk>/", roles.to_role),
    path("roles/<int:pk>/do/copy-role/", roles.copy),
    path("users/<int:pk>/do/give-access/", people.access_page, name="user_access"),
    path("users/<int:pk>/hand-over/", people.hand_over_page, name="user_hand_over"),
    path("users/<int:pk>/do/invite/", links.invite_page, name="user_invite"),
    path("users/<int:pk>/do/set-password/", people.password_page, name="user_password"),
    path("users/<int:pk>/do/deactivate/", people.deactivate_page, name="user_deactivate"),
]
