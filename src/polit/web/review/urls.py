"""Addresses of the gallery."""

from django.urls import path

from polit.web.review.views import (
    agreements,
    data,
    figures,
    gallery,
    grading,
    running,
    table,
    unveil,
)

app_name = "review"

_REVIEW = "cases/<uuid:case_id>/review/"
_RUNNING = f"{_REVIEW}running/<uuid:examination_id>/"

urlpatterns = [
    path(_REVIEW, gallery.gallery, name="gallery"),
    path(f"{_REVIEW}keys/", gallery.keys, name="keys"),
    path(f"{_REVIEW}progress", gallery.progress, name="progress"),
    path(f"{_REVIEW}unveil", unveil.unveil, name="unveil"),
    path(f"{_REVIEW}seen", unveil.seen, name="seen"),
    path(f"{_REVIEW}decide", grading.decide_places, name="decide"),
    path(f"{_REVIEW}undo", grading.undo, name="undo"),
    path(f"{_REVIEW}redo", grading.redo, name="redo"),
    path(f"{_REVIEW}split", grading.split, name="split"),
    path(f"{_REVIEW}order", data.order, name="order"),
    path(f"{_REVIEW}tiles", data.tiles, name="tiles"),
    path(f"{_REVIEW}figures", figures.figures, name="figures"),
    path(f"{_REVIEW}decide-form", grading.decide_form, name="decide_form"),
    path(f"{_REVIEW}strategy/", agreements.strategy, name="strategy"),
    path(f"{_REVIEW}second/", agreements.second, name="second"),
    path(f"{_REVIEW}proposals/", agreements.proposals, name="proposals"),
    path(f"{_REVIEW}sample/", agreements.sample, name="sample"),
    path("hash-sets/decisions/", agreements.force_set, name="force_set"),
    path(f"{_REVIEW}facets", data.facets, name="facets"),
    path(f"{_REVIEW}items/<int:place>", data.item, name="item"),
    path(f"{_REVIEW}folders", data.folders, name="folders"),
    path(f"{_REVIEW}timeline", data.timeline, name="timeline"),
    path(f"{_REVIEW}changes", data.changes, name="changes"),
    path(f"{_REVIEW}table", table.table, name="table"),
    path(_RUNNING, running.running, name="running"),
    path(f"{_RUNNING}order", running.order, name="running_order"),
    path(f"{_RUNNING}tiles", running.tiles, name="running_tiles"),
    path(f"{_RUNNING}changes", running.changes, name="running_changes"),
]
