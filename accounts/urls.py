"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from accounts.api import access, people
from accounts.views import access as access_pages
from accounts.views import account, google, landing, settings, ways_in

to_ways_in = RedirectView.as_view(pattern_name="settings-sign-in")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.home, name="home"),
    path("settings", settings.profile, name="settings"),
    path("settings/travel", settings.travel, name="settings-travel"),
    path("settings/travel/<uuid:stay_id>/remove", settings.remove_stay, name="settings-travel-remove"),
    path(
        "settings/travel/restore/<str:starts_on>/<path:time_zone>",
        settings.restore_stay,
        name="settings-travel-restore",
    ),
    path("settings/account", account.account, name="settings-account"),
    path("settings/account/export", account.export, name="settings-account-export"),
    path("settings/account/delete", account.delete, name="settings-account-delete"),
    path("settings/activity", account.activity, name="settings-activity"),
    path("settings/sign-in", ways_in.overview, name="settings-sign-in"),
    path("settings/sign-in/google", google.connect, name="settings-sign-in-google"),
    path(
        "settings/sign-in/google/<int:account_id>/remove", ways_in.remove_google, name="settings-sign-in-google-remove"
    ),
    path("settings/sign-in/password/remove", ways_in.remove_password, name="settings-sign-in-password-remove"),
    path("accounts/google/login/", google.sign_in, name="google_login"),
    path("accounts/google/login/callback/", google.come_back, name="google_callback"),
    path("accounts/google/confirm/", google.confirm, name="google_confirm"),
    path("accounts/google/link/", google.link, name="google_link"),
    # Instead of allauth's own lists: there is one list of all ways in.
    path("accounts/2fa/", to_ways_in, name="mfa_index"),
    path("accounts/2fa/webauthn/", to_ways_in, name="mfa_list_webauthn"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", ways_in.remove_passkey, name="mfa_remove_webauthn"),
    path("settings/devices", access_pages.devices, name="settings-sessions"),
    path("settings/devices/end-others", access_pages.end_other_devices, name="settings-sessions-end-others"),
    path("settings/devices/<uuid:session_id>/end", access_pages.end_device, name="settings-session-end"),
    path("settings/tokens", access_pages.tokens, name="settings-tokens"),
    path("settings/tokens/<uuid:token_id>/revoke", access_pages.revoke_token, name="settings-token-revoke"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/csrf", access.CsrfView.as_view(), name="api-csrf"),
    path("auth/refresh", access.RefreshView.as_view(), name="api-refresh"),
    path("auth/logout", access.LogoutView.as_view(), name="api-logout"),
    path("auth/logout-all", access.LogoutAllView.as_view(), name="api-logout-all"),
    path("auth/sessions", access.SessionsView.as_view(), name="api-sessions"),
    path("auth/sessions/<uuid:session_id>", access.SessionView.as_view(), name="api-session"),
    path("auth/tokens", access.ApiTokensView.as_view(), name="api-tokens"),
    path("auth/tokens/<uuid:token_id>", access.ApiTokenView.as_view(), name="api-token"),
    path("auth/me", people.MeView.as_view(), name="api-me"),
    path("stays", people.StaysView.as_view(), name="api-stays"),
    path("stays/<uuid:stay_id>", people.StayView.as_view(), name="api-stay"),
]
