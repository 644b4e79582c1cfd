"""The addresses of enquiries: one list, and the same pages below a referral and below a case."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.enquiries.views import pages

app_name = "enquiries"

_of_referral: list[URLPattern | URLResolver] = [
    path("add/", pages.add, name="add"),
    path("<uuid:enquiry_id>/", pages.page, name="page"),
    path("<uuid:enquiry_id>/remind/", pages.remind, name="remind"),
    path("<uuid:enquiry_id>/answer/", pages.answer, name="answer"),
    path("<uuid:enquiry_id>/cancel/", pages.cancel, name="cancel"),
    path("<uuid:enquiry_id>/take/", pages.take, name="take"),
    path("<uuid:enquiry_id>/steps/<uuid:step_id>/correct/", pages.correct, name="correct"),
    path("<uuid:enquiry_id>/steps/<uuid:step_id>/withdraw/", pages.withdraw, name="withdraw"),
]
_of_case: list[URLPattern | URLResolver] = [
    path("", pages.case_list_page, name="case_list"),
    path("add/", pages.case_add, name="case_add"),
    path("<uuid:enquiry_id>/", pages.case_page, name="case_page"),
    path("<uuid:enquiry_id>/remind/", pages.case_remind, name="case_remind"),
    path("<uuid:enquiry_id>/answer/", pages.case_answer, name="case_answer"),
    path("<uuid:enquiry_id>/cancel/", pages.case_cancel, name="case_cancel"),
    path("<uuid:enquiry_id>/take/", pages.case_take, name="case_take"),
    path("<uuid:enquiry_id>/person/", pages.case_person, name="case_person"),
    path(
        "<uuid:enquiry_id>/steps/<uuid:step_id>/correct/", pages.case_correct, name="case_correct"
    ),
    path(
        "<uuid:enquiry_id>/steps/<uuid:step_id>/withdraw/",
        pages.case_withdraw,
        name="case_withdraw",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("enquiries/", pages.enquiry_list_page, name="list"),
    path("referrals/<uuid:referral_id>/enquiries/", include(_of_referral)),
    path("cases/<uuid:case_id>/enquiries/", include(_of_case)),
]
