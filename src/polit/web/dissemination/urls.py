"""The addresses of the exchange log."""

from django.urls import path

from polit.web.dissemination import views

app_name = "dissemination"
_CASE = "cases/<uuid:case_id>/exchange/"
_ONE = f"{_CASE}<uuid:exchange_id>/"
_REPLY = f"{_ONE}replies/<uuid:reply_id>/"

urlpatterns = [
    path("exchange/", views.all_page, name="list"),
    path(_CASE, views.case_page, name="case"),
    path(f"{_CASE}record/", views.record_page, name="record"),
    path(_ONE, views.exchange_page, name="page"),
    path(f"{_ONE}correct/", views.correct_page, name="correct"),
    path(f"{_ONE}withdraw/", views.withdraw_page, name="withdraw"),
    path(f"{_ONE}reply/", views.reply_page, name="reply"),
    path(f"{_REPLY}correct/", views.reply_correct_page, name="reply_correct"),
    path(f"{_REPLY}withdraw/", views.reply_withdraw_page, name="reply_withdraw"),
]
