"""The addresses of victim identification."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.victims import views

app_name = "victims"

_unknown: list[URLPattern | URLResolver] = [
    path("", views.unknown, name="unknown"),
    path("move/<slug:unknown_action>/", views.unknown_move_page, name="unknown_move"),
    path("opinion/", views.opinion_add, name="opinion_add"),
    path("series/", views.appearance_add, name="appearance_add"),
    path("enquiries/add/", views.enquiry_add, name="enquiry_add"),
    path("enquiries/<uuid:enquiry_sent_id>/answer/", views.answer_add, name="answer_add"),
    path("withdraw/<slug:held_kind>/<uuid:held_id>/", views.held_withdraw_page, name="withdraw"),
    path("identify/", views.identify, name="identify"),
    path("not-identified/", views.identification_withdraw_page, name="identification_withdraw"),
]
_series: list[URLPattern | URLResolver] = [
    path("", views.series, name="series"),
    path("change/", views.series_change_page, name="series_change"),
    path("clues/add/", views.clue_add, name="clue_add"),
    path("clues/<uuid:clue_id>/tie/", views.clue_tie_page, name="clue_tie"),
    path("withdraw/<slug:linked_kind>/<uuid:linked_id>/", views.linked_withdraw_page,
         name="unlink"),
]  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [
    path("unknown-children/", views.unknown_list, name="list"),
    path("series/", views.series_list, name="series_list"),
    path("cases/<uuid:case_id>/unknown-children/add/", views.unknown_add_page, name="unknown_add"),
    path("cases/<uuid:case_id>/unknown-children/<uuid:unknown_id>/", include(_unknown)),
    path("cases/<uuid:case_id>/series/add/", views.series_add, name="series_add"),
    path("cases/<uuid:case_id>/series/link/", views.link_items, name="link_items"),
    path("cases/<uuid:case_id>/series/link/<uuid:task_id>/", views.link_task, name="link_task"),
    path("cases/<uuid:case_id>/series/<uuid:series_id>/", include(_series)),
]
