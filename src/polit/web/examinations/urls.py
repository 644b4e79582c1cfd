"""The addresses of examinations."""

from django.urls import path

from polit.web.examinations import views

app_name = "examinations"
_ALL = "cases/<uuid:case_id>/examinations/"
_ONE = f"{_ALL}<uuid:examination_id>/"

urlpatterns = [
    path(_ALL, views.listing, name="list"),
    path(f"{_ALL}queue/", views.browse, name="browse"),
    path(f"{_ALL}queue/order/", views.order, name="order"),
    path(_ONE, views.page, name="page"),
    path(f"{_ONE}progress/", views.progress, name="progress"),
    path(f"{_ONE}priority/", views.prioritise, name="priority"),
    path(f"{_ONE}notes/", views.note, name="note"),
    path(f"{_ONE}notes/print/", views.notes_print, name="notes_print"),
    path(
        f"{_ONE}notes/<uuid:examination_note_id>/correct/", views.note_correct, name="note_correct"
    ),
    path(f"{_ONE}do/<slug:examination_action>/", views.act_on, name="act"),
]
