"""Devices seized and devices examined; a part of a device is never counted again."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import DeviceKind
from polit.web.media.models import Package
from polit.web.media.rules import PackageState
from polit.web.statistics.figures.base import (
    Figure,
    RecordRow,
    Records,
    in_cases,
    in_period,
    in_units,
    is_before_outer,
)
from polit.web.statistics.rules import Selection

DEVICE_KINDS = (DeviceKind.COMPUTER, DeviceKind.PHONE, DeviceKind.STORAGE)
ARE_DEVICES = Q(device_kind__in=[kind.value for kind in DEVICE_KINDS])


def devices_seized(selection: Selection) -> Records:
    """Return the exhibits counted as devices seized."""
    rows = Exhibit.objects.filter(ARE_DEVICES, in_period(selection, "seized_at"), parent=None)
    return rows.filter(in_units(selection, "case"))


def devices_examined(selection: Selection) -> Records:
    """Return the first completed examination of each exhibit counted as a device examined."""
    done = Package.objects.filter(state=PackageState.IMPORTED.value, imported_at__isnull=False)
    devices = done.filter(exhibit__device_kind__in=[kind.value for kind in DEVICE_KINDS])
    earlier = done.filter(is_before_outer("imported_at"), exhibit=OuterRef("exhibit"))
    rows = devices.filter(in_period(selection, "imported_at"), in_units(selection, "case"))
    return rows.filter(~Exists(earlier))


def _exhibit_row(exhibit: Exhibit) -> RecordRow:
    url = reverse("exhibits:page", args=[exhibit.case_id, exhibit.pk])
    kind = DeviceKind(exhibit.device_kind).label
    return RecordRow(f"{exhibit.reference}, {kind}", exhibit.seized_at, str(exhibit.case), url)


def _package_row(package: Package) -> RecordRow:
    url = reverse("exhibits:page", args=[package.case_id, package.exhibit_id])
    label = f"{package.exhibit.reference}, package {package.number}"
    return RecordRow(label, package.imported_at, str(package.case), url)


FIGURES = (
    Figure(
        "devices_seized",
        "Devices seized",
        "Exhibits of kind computer, phone or storage that were seized in the period. A part that"
        " was split off an exhibit is not counted again.",
        devices_seized,
        _exhibit_row,
        ("case",),
        "seized_at",
        in_cases("case"),
    ),
    Figure(
        "devices_examined",
        "Devices examined",
        "Exhibits of kind computer, phone or storage whose first examination was completed in the"
        " period: its findings were taken into the record, and were not withdrawn. A part that is"
        " an exhibit of its own is examined, and counted, by itself.",
        devices_examined,
        _package_row,
        ("case", "exhibit"),
        "imported_at",
        in_cases("case"),
    ),
)
