"""The addresses of exhibits."""

from django.urls import path

from polit.web.exhibits.views import custody, kept, papers, things

app_name = "exhibits"

_CASE = "cases/<uuid:case_id>/exhibits/"
_ONE = _CASE + "<uuid:exhibit_id>/"

urlpatterns = [
    path("exhibits/search/", papers.search_page, name="search"),
    path("exhibits/scan/", papers.scan_page, name="scan"),
    path(_CASE, things.exhibit_list_page, name="list"),
    path(_CASE + "seize/", things.seize_page, name="seize"),
    path(_CASE + "papers/", papers.papers_page, name="papers"),
    path(_CASE + "together/<slug:kind>/", custody.together_page, name="together"),
    path(_ONE, things.exhibit_page, name="page"),
    path(_ONE + "correct/", things.exhibit_correct_page, name="correct"),
    path(_ONE + "split/", things.exhibit_split_page, name="split"),
    path(_ONE + "events/<slug:kind>/", custody.event_page, name="event"),
    path(_ONE + "events/<int:number>/correct/", custody.event_correct_page, name="event_correct"),
    path(_ONE + "passcodes/add/", kept.passcode_add_page, name="passcode_add"),
    path(
        _ONE + "passcodes/<uuid:passcode_id>/show/",
        kept.passcode_show_page,
        name="passcode_show",
    ),
    path(_ONE + "photographs/add/", kept.photograph_add_page, name="photograph_add"),
    path(_ONE + "photographs/<uuid:photograph_id>/", kept.photograph_page, name="photograph"),
    path(
        _ONE + "photographs/<uuid:photograph_id>/thumbnail/",
        kept.thumbnail_page,
        name="thumbnail",
    ),
    path(
        _ONE + "photographs/<uuid:photograph_id>/earlier/",
        kept.photograph_move_page,
        name="photograph_move",
    ),
    path(
        _ONE + "photographs/<uuid:photograph_id>/withdraw/",
        kept.photograph_withdraw_page,
        name="photograph_withdraw",
    ),
]
