"""The addresses of arrests."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.arrests.views import arrests, following

app_name = "arrests"

_arrest: list[URLPattern | URLResolver] = [
    path("", arrests.arrest_page, name="page"),
    path("correct/", arrests.arrest_correct_page, name="correct"),
    path("withdraw/", arrests.arrest_withdraw_page, name="withdraw"),
    path("<slug:follow_kind>/add/", following.following_add_page, name="follow_add"),
    path(
        "<slug:follow_kind>/<uuid:follow_id>/correct/",
        following.following_correct_page,
        name="follow_correct",
    ),
    path(
        "<slug:follow_kind>/<uuid:follow_id>/withdraw/",
        following.following_withdraw_page,
        name="follow_withdraw",
    ),
]

urlpatterns = [
    path("arrests/", arrests.arrest_list_page, name="list"),
    path("cases/<uuid:case_id>/arrests/add/", arrests.arrest_add_page, name="add"),
    path("cases/<uuid:case_id>/arrests/<uuid:arrest_id>/", include(_arrest)),
]
