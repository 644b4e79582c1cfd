"""Addresses of accounts: our own pages, in the namespace ``accounts``."""

from django.urls import path

from polit.web.accounts.views import doors, invitations, own, people

app_name = "accounts"
urlpatterns = [
    path("account/", own.own, name="own"),
    path("account/enrol/", own.enrol, name="enrol"),
    path("account/app/qr.svg", doors.totp_qr, name="totp_qr"),
    path("account/sessions/end/", own.end_sessions, name="end_sessions"),
    path("account/sessions/<uuid:session_id>/end/", own.end_session, name="end_session"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("accounts/", people.accounts, name="list"),
    path("accounts/new/", people.make, name="make"),
    path("accounts/<uuid:account_id>/", people.account, name="account"),
    path("accounts/<uuid:account_id>/roles/", people.roles, name="roles"),
    path("accounts/<uuid:account_id>/deactivate/", people.deactivate, name="deactivate"),
    path("accounts/<uuid:account_id>/activate/", people.activate, name="activate"),
    path("accounts/<uuid:account_id>/factors/", people.reset_factors, name="reset_factors"),
    path("accounts/<uuid:account_id>/link/", people.link, name="link"),
]
