"""The addresses of cases."""

from django.urls import path

from polit.web.cases.views import cases, members, units, watching

app_name = "cases"

urlpatterns = [
    path("cases/", cases.case_list_page, name="list"),
    path("cases/open/", cases.case_open_page, name="open"),
    path("cases/break-glass/", watching.break_glass_open_page, name="break_glass_open"),
    path("cases/break-glass/<uuid:break_glass_id>/", watching.break_glass_page, name="break_glass"),
    path("cases/<uuid:case_id>/", cases.case_page, name="page"),
    path("cases/<uuid:case_id>/change/", cases.case_change_page, name="change"),
    path("cases/<uuid:case_id>/status/<slug:action>/", cases.case_status_page, name="status"),
    path("cases/<uuid:case_id>/notes/", cases.note_list_page, name="notes"),
    path(
        "cases/<uuid:case_id>/notes/<uuid:note_id>/correct/",
        cases.note_correct_page,
        name="note_correct",
    ),
    path("cases/<uuid:case_id>/timeline/", cases.timeline_full_page, name="timeline"),
    path("cases/<uuid:case_id>/members/", members.member_list_page, name="members"),
    path("cases/<uuid:case_id>/members/add/", members.member_add_page, name="member_add"),
    path(
        "cases/<uuid:case_id>/members/<uuid:member_id>/end/",
        members.member_end_page,
        name="member_end",
    ),
    path("teams/", members.team_list_page, name="teams"),
    path("teams/<uuid:case_id>/", members.team_page, name="team"),
    path("teams/<uuid:case_id>/add/", members.team_add_page, name="team_add"),
    path("teams/<uuid:case_id>/<uuid:member_id>/end/", members.team_end_page, name="team_end"),
    path("units/", units.unit_list_page, name="units"),
    path("units/<uuid:unit_id>/end/", units.unit_end_page, name="unit_end"),
    path("notices/", watching.notice_list_page, name="notices"),
    path("notices/<uuid:notice_id>/read/", watching.notice_read_page, name="notice_read"),
]
