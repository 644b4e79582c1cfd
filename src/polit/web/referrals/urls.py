"""The addresses of referrals."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.referrals.views import deciding, lists, record

app_name = "referrals"

_referral: list[URLPattern | URLResolver] = [
    path("", record.referral_page, name="page"),
    path("change/", record.referral_change_page, name="change"),
    path("add/<slug:part_kind>/", record.part_add_page, name="part_add"),
    path("parts/<uuid:part_id>/end/", record.part_end_page, name="part_end"),
    path("originals/add/", record.original_add_page, name="original_add"),
    path("originals/<uuid:original_id>/", record.original_page, name="original"),
    path("originals/<uuid:original_id>/read/", record.original_read_page, name="read"),
    path("case/open/", deciding.open_case_page, name="open_case"),
    path("case/link/", deciding.link_case_page, name="link_case"),
    path("duplicate/", deciding.mark_duplicate_page, name="mark_duplicate"),
    path("duplicate/<uuid:other_id>/", deciding.mark_duplicate_at_once, name="duplicate_of"),
    path("link/", deciding.link_page, name="link"),
    path("link/<uuid:other_id>/", deciding.link_at_once, name="link_with"),
    path("act/<slug:referral_action>/", deciding.referral_act_page, name="act"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("referrals/", lists.referral_list_page, name="list"),
    path("referrals/add/", lists.referral_add_page, name="add"),
    path("referrals/<uuid:referral_id>/", include(_referral)),
    path("cases/<uuid:case_id>/referrals/", lists.case_list_page, name="case_list"),
]
