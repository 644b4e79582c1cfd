"""Text of any length and kind is kept or told on the form; none makes an error of the server."""

import pytest
from web.cases import samples as case_samples
from web.conftest import ClientFor, MakeCase, MakeUser
from web.people import samples as people_samples

from polit.web.core.rules import Role

TEXTS = {
    "nul": "a\0b",
    "half of a pair": "\ud800",
    "ligatures": "\ufdfa" * 50,
    "a limit of ligatures": "\ufdfa" * 300,
    "beyond every limit": "x" * 4096,
    "four bytes each": "\U0001f600" * 300,
    "marks": "\u202e\u200b\u0301" * 30,
    "digits": "9" * 4096,
    "white": "\u3000\u2003",
    "lines": "\r\n" * 250 + "x",
}
PAGES = (
    "/cases/open/",
    "/cases/break-glass/",
    "/cases/{case}/change/",
    "/cases/{case}/notes/",
    "/cases/{case}/notes/{note}/correct/",
    "/cases/{case}/members/add/",
    "/cases/{case}/status/close/",
    "/cases/{case}/people/add/",
    "/cases/{case}/people/{person}/change/",
    "/cases/{case}/people/{person}/link/",
    "/cases/{case}/people/{person}/identifiers/add/",
    "/teams/{case}/add/",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", TEXTS)
def test_no_text_breaks_a_form(
    page: str, text: str, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("u", Role.INVESTIGATOR, Role.SUPERVISOR)
    other = make_user("o", Role.SUPERVISOR)
    case = make_case("OP-1", user)
    client = client_for(user)
    address = page.format(
        case=case.id, note=case_samples.note_id(case), person=people_samples.person_id(case)
    )
    form = client.get(address).context["form"]
    known = {
        "reference": "OP-1", "purpose": "investigation", "duty": "member", "role": "suspect",
        "hours": "1", "second": other.pk, "user": other.pk, "kind": "other", "reason": "x" * 30,
    }  # fmt: skip
    wild = TEXTS[text].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for name in form.fields:
        right = {each: known.get(each, form[each].value() or "x") for each in form.fields}
        dates = {f"{each}_{part}": wild for each in form.fields for part in range(3)}
        right.update(dict.fromkeys(("estimated_age_years", "sex", "since"), ""))
        sent = {**right, **(dates if "on" in name else {}), name: wild}
        assert client.post(address, sent).status_code in {200, 302, 403, 404}
