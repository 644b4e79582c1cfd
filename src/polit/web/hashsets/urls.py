"""The addresses of hash sets."""

from django.urls import path

from polit.web.hashsets import views

app_name = "hashsets"
_ORDER = "hash-sets/orders/<uuid:hash_set_order_id>/"
_ONE = "hash-sets/<slug:hash_set_sha256>/"

urlpatterns = [
    path("hash-sets/", views.listing, name="list"),
    path("hash-sets/import/", views.take_in, name="import"),
    path("hash-sets/updates/", views.updates, name="updates"),
    path(_ORDER, views.order, name="order"),
    path(f"{_ORDER}progress/", views.progress, name="progress"),
    path(f"{_ORDER}do/<slug:hash_set_action>/", views.act_on, name="act"),
    path(_ONE, views.page, name="page"),
    path(f"{_ONE}verify/", views.verify, name="verify"),
    path(f"{_ONE}do/<slug:hash_set_act>/", views.switch, name="switch"),
]
