"""The addresses of court."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.court.views import court, recording

app_name = "court"

_case: list[URLPattern | URLResolver] = [
    path("defendants/<uuid:defendant_id>/", court.defendant_page, name="page"),
    path("charges/add/", recording.charge_add_page, name="charge_add"),
    path("charges/<uuid:charge_id>/plea/", recording.plea_add_page, name="plea_add"),
    path("charges/<uuid:charge_id>/result/", recording.result_add_page, name="result_add"),
    path("hearings/add/", recording.hearing_add_page, name="hearing_add"),
    path("hearings/<uuid:hearing_id>/close/", recording.hearing_close_page, name="hearing_close"),
    path("results/<uuid:court_result_id>/appeal/", recording.appeal_add_page, name="appeal_add"),
    path("<slug:court_kind>/<uuid:court_row_id>/correct/", recording.correct_page, name="correct"),
    path(
        "<slug:court_kind>/<uuid:court_row_id>/withdraw/", recording.withdraw_page, name="withdraw"
    ),
]

urlpatterns = [
    path("court/", court.charge_list_page, name="list"),
    path("court/hearings/", court.hearing_list_page, name="hearings"),
    path("cases/<uuid:case_id>/court/", include(_case)),
]
