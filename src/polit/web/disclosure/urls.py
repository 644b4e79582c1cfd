"""The addresses of disclosure."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.disclosure.views import keeping, reading, serving

app_name = "disclosure"

_defendant: list[URLPattern | URLResolver] = [
    path("", reading.defendant_page, name="page"),
    path("images/", reading.images_page, name="images"),
    path("images/opinion/", serving.opinion_page, name="opinion"),
    path("images/count/", serving.count_page, name="count"),
    path("unused/", reading.unused_page, name="unused"),
    path("sensitive/", reading.sensitive_page, name="sensitive"),
    path("unused/add/", keeping.unused_add_page, name="unused_add"),
    path("management/", reading.management_page, name="management"),
    path("management/write/", keeping.management_write_page, name="management_write"),
    path("serve/<slug:schedule_kind>/", serving.serve_page, name="serve"),
    path("viewings/add/", keeping.viewing_add_page, name="viewing_add"),
]
_SERVED = "served/<uuid:served_id>/"
_SENSITIVE = "sensitive/<uuid:sensitive_served_id>/"
_ITEM = "unused/<uuid:unused_id>/"
_VIEWING = "viewings/<uuid:viewing_id>/"
_case: list[URLPattern | URLResolver] = [
    path(_SERVED, serving.served_page, name="served"),
    path(f"{_SERVED}<slug:served_paper>/", serving.served_paper, name="paper"),
    path(_SENSITIVE, serving.sensitive_served_page, name="sensitive_served"),
    path(f"{_SENSITIVE}<slug:served_paper>/", serving.sensitive_paper, name="sensitive_paper"),
    path(_ITEM, keeping.item_page, name="item"),
    path(f"{_ITEM}correct/", keeping.unused_correct_page, name="unused_correct"),
    path(f"{_ITEM}withdraw/", keeping.unused_withdraw_page, name="unused_withdraw"),
    path(_VIEWING, keeping.viewing_page, name="viewing"),
    path(f"{_VIEWING}correct/", keeping.viewing_correct_page, name="viewing_correct"),
    path(f"{_VIEWING}withdraw/", keeping.viewing_withdraw_page, name="viewing_withdraw"),
    path("<uuid:defendant_id>/", include(_defendant)),
]

urlpatterns = [
    path("disclosure/", reading.list_page, name="list"),
    path("cases/<uuid:case_id>/disclosure/", include(_case)),
]
