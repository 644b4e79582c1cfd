"""The addresses of orders."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.orders.views import events, orders

app_name = "orders"

_event: list[URLPattern | URLResolver] = [
    path("record/", events.record_page, name="record"),
    path("<uuid:order_event_id>/correct/", events.correct_page, name="correct"),
    path("<uuid:order_event_id>/withdraw/", events.withdraw_page, name="withdraw"),
]
_order: list[URLPattern | URLResolver] = [
    path("", orders.order_page, name="page"),
    path("vary/", orders.vary_page, name="vary"),
    path("end/", orders.end_page, name="end"),
    path("resume/", orders.resume_page, name="resume"),
    path("assign/", orders.assign_page, name="assign"),
    path("breaches/<uuid:breach_id>/act/", events.breach_act_page, name="breach_act"),
    path("events/<slug:order_event>/", include(_event)),
]
_of_case: list[URLPattern | URLResolver] = [
    path("", orders.case_list_page, name="case_list"),
    path("make/", orders.make_page, name="make"),
    path("<uuid:order_id>/", include(_order)),
]

urlpatterns = [
    path("orders/", orders.order_list_page, name="list"),
    path("cases/<uuid:case_id>/orders/", include(_of_case)),
]
