"""The addresses of people."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.people.views import people as views
from polit.web.people.views import same

app_name = "people"

_person: list[URLPattern | URLResolver] = [
    path("", views.person_page, name="person"),
    path("link/", views.person_link_page, name="link"),
    path("change/", views.person_change_page, name="change"),
    path("identifiers/add/", views.identifier_add_page, name="identifier_add"),
    path("identifiers/<uuid:identifier_id>/end/", views.identifier_end_page, name="identifier_end"),
    path("same/<uuid:same_person_id>/", same.person_merge_page, name="merge"),
    path("part/<uuid:joined_person_id>/", same.person_part_page, name="part"),
    path("roles/<uuid:role_id>/end/", views.role_end_page, name="role_end"),
]
_people: list[URLPattern | URLResolver] = [
    path("", views.person_list_page, name="list"),
    path("find/", views.person_find_page, name="find"),
    path("add/", views.person_add_page, name="add"),
    path("<uuid:person_id>/", include(_person)),
]

urlpatterns = [
    path("cases/<uuid:case_id>/people/", include(_people)),
    path("people/<uuid:person_id>/", same.person_across_page, name="across"),
]
