"""The addresses of warrants."""

from django.urls import path

from polit.web.warrants.views import answers, records

app_name = "warrants"
_CASE = "cases/<uuid:case_id>/warrants/"
_ONE = f"{_CASE}<uuid:warrant_id>/"
_EXECUTION = f"{_CASE}executions/<uuid:execution_id>/"

urlpatterns = [
    path("warrants/", records.warrant_list_page, name="list"),
    path(_CASE, records.case_list_page, name="case_list"),
    path(f"{_CASE}apply/", records.apply_page, name="apply"),
    path(_ONE, records.warrant_page, name="page"),
    path(f"{_ONE}change/", records.change_page, name="change"),
    path(f"{_ONE}grant/", answers.grant_page, name="grant"),
    path(f"{_ONE}refuse/", answers.refuse_page, name="refuse"),
    path(f"{_ONE}withdraw/", answers.withdraw_page, name="withdraw"),
    path(f"{_ONE}execute/", answers.execute_page, name="execute"),
    path(f"{_ONE}premises/add/", records.premises_add_page, name="premises_add"),
    path(f"{_ONE}premises/<uuid:premises_id>/end/", answers.premises_end_page, name="premises_end"),
    path(f"{_EXECUTION}correct/", answers.execution_correct_page, name="execution_correct"),
    path(f"{_EXECUTION}withdraw/", answers.execution_withdraw_page, name="execution_withdraw"),
]
