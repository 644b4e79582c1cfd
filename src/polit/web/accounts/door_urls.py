"""Addresses of signing in and of factors, under the names that the library asks for.

Only what is used is here: what the library offers beside (sign-up, e-mail, codes by mail,
trusted browsers) has no address.
"""

from allauth.account.views import account_inactive, password_change
from django.urls import path

from polit.web.accounts.views import doors

urlpatterns = [
    path("sign-in/", doors.sign_in, name="account_login"),
    path("sign-in/passkey/", doors.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/factor/", doors.authenticate, name="mfa_authenticate"),
    path("sign-in/inactive/", account_inactive, name="account_inactive"),
    path("sign-out/", doors.sign_out, name="account_logout"),
    path("prove/", doors.reauthenticate, name="account_reauthenticate"),
    path("prove/code/", doors.reauthenticate_by_code, name="mfa_reauthenticate"),
    path("prove/passkey/", doors.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("account/password/", password_change, name="account_change_password"),
    path("account/factors/", doors.factors_moved, name="mfa_index"),
    path("account/app/add/", doors.totp_add, name="mfa_activate_totp"),
    path("account/app/remove/", doors.totp_remove, name="mfa_deactivate_totp"),
    path("account/passkeys/", doors.factors_moved, name="mfa_list_webauthn"),
    path("account/passkeys/add/", doors.passkey_add, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", doors.passkey_remove, name="mfa_remove_webauthn"),
    path("account/codes/", doors.codes, name="mfa_view_recovery_codes"),
    path("account/codes/new/", doors.codes_make, name="mfa_generate_recovery_codes"),
]
