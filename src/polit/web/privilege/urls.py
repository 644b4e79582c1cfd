"""The addresses of privilege."""

from django.urls import path

from polit.web.privilege.views import counsel, officers

app_name = "privilege"
_CASE = "cases/<uuid:case_id>/privilege/"
_ONE = f"{_CASE}counsel/<int:quarantined_id>/"

urlpatterns = [
    path("privilege/", counsel.all_page, name="list"),
    path(_CASE, officers.case_page, name="case"),
    path(f"{_CASE}terms/", officers.terms_page, name="terms"),
    path(f"{_CASE}hold/", officers.hold_page, name="hold"),
    path(f"{_CASE}entries/<int:entry_id>/hold/", officers.entry_hold_page, name="entry_hold"),
    path(f"{_CASE}entries/<int:entry_id>/press/", officers.entry_press, name="entry_press"),
    path(f"{_CASE}contents/<int:content_id>/press/", officers.content_press, name="content_press"),
    path(f"{_CASE}counsel/", counsel.counsel_page, name="counsel"),
    path(_ONE, counsel.entry_page, name="entry"),
    path(f"{_ONE}withdraw/", counsel.withdraw_page, name="withdraw"),
]
