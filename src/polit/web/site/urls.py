"""All addresses: one line for each register, and nothing else."""

from django.urls import URLPattern, URLResolver, include, path

from polit.web.site.appearance import appearance
from polit.web.site.views import home, registers

handler400 = "polit.web.core.refusals.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("registers/", registers, name="registers"),
    path("", include("polit.web.tasks.urls")),
    path("", include("polit.web.accounts.urls")),
    path("", include("polit.web.accounts.door_urls")),
    path("appearance/", appearance, name="appearance"),
    path("", include("polit.web.audit.urls")),
    path("", include("polit.web.intake.urls")),
    path("", include("polit.web.review.urls")),
    path("", include("polit.web.welfare.urls")),
    path("", include("polit.web.matching.urls")),
    path("", include("polit.web.safeguarding.urls")),
    path("", include("polit.web.victims.urls")),
    path("", include("polit.web.media.urls")),
    path("", include("polit.web.examinations.urls")),
    path("", include("polit.web.cases.urls")),
    path("", include("polit.web.people.urls")),
    path("", include("polit.web.exhibits.urls")),
    path("", include("polit.web.hashsets.urls")),
    path("", include("polit.web.referrals.urls")),
    path("", include("polit.web.enquiries.urls")),
    path("", include("polit.web.risk.urls")),
    path("", include("polit.web.warrants.urls")),
    path("", include("polit.web.arrests.urls")),
    path("", include("polit.web.court.urls")),
    path("", include("polit.web.orders.urls")),
    path("", include("polit.web.disclosure.urls")),
    path("", include("polit.web.dissemination.urls")),
    path("", include("polit.web.privilege.urls")),
    path("", include("polit.web.signposts.urls")),
    path("", include("polit.web.clocks.urls")),
    path("", include("polit.web.search.urls")),
    path("", include("polit.web.statistics.urls")),
]
