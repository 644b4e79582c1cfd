"""Pages of hash sets: the list, one set, imports and updates and how far they are."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import ImportChoices, StoredSetDetail
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access
from polit.web.core.acting import actor_of
from polit.web.core.attempts import attempt, sent
from polit.web.core.broker import broker
from polit.web.core.forms import GovukForm
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.hashsets.forms import ImportForm, ReasonForm, RemoveForm, UpdateForm
from polit.web.hashsets.models import HashSet, SetOrder
from polit.web.hashsets.queries import (
    deed_list,
    hash_set_detail,
    hash_set_get,
    hash_set_list,
    order_get,
    order_list,
    order_list_of,
    order_moving_list,
)
from polit.web.hashsets.rules import KEEPERS, ORDER_STATES, OrderKind, SetAct
from polit.web.hashsets.sending import BrokerUpload, sent_token
from polit.web.hashsets.services import (
    hash_set_switch,
    import_order,
    order_act,
    update_order,
    verify_order,
)

_READING = Access(Scope.ROLE, read=KEEPERS)
_KEEPING = Access(Scope.ROLE, read=KEEPERS, write=KEEPERS)
_BOTH = ("GET", "POST")
_ACTIONS = {"stop": "Stop", "cancel": "Cancel", "retry": "Try again"}


@access(_READING)
def listing(request: HttpRequest) -> HttpResponse:
    """List the hash sets, and what is being imported."""
    shown = {"hash_sets": hash_set_list(), "orders": order_moving_list()}
    return render(request, "hashsets/list.html", shown)


@access(_READING)
def page(request: HttpRequest, hash_set_sha256: str) -> HttpResponse:
    """Show a hash set: provenance, import report, categories, history."""
    hash_set = _hash_set(hash_set_sha256)
    detail = "" if hash_set.is_gone else hash_set_detail(hash_set.sha256)
    shown = {
        "hash_set": hash_set,
        "detail": detail if isinstance(detail, StoredSetDetail) else None,
        "trouble": detail if isinstance(detail, str) else "",
        "deeds": deed_list(hash_set.sha256),
        "orders": order_list_of(hash_set.sha256),
        "acts": _acts(hash_set),
    }
    return render(request, "hashsets/page.html", shown)


# The proof of origin stands in the form, and a form that holds a file is read before it can be
# checked: so it is checked within, once it is said where the file goes.
@access(_KEEPING, methods=_BOTH)
@csrf_exempt
def take_in(request: HttpRequest) -> HttpResponse:
    """Ask for an import; a file is passed on to the broker as it comes."""
    with BrokerUpload(broker(), field="file") as upload:
        request.upload_handlers = [upload]
        return _take_in(request, upload)


@csrf_protect
def _take_in(request: HttpRequest, upload: BrokerUpload) -> HttpResponse:
    choices = _choices()
    if isinstance(choices, str):
        return _form(request, None, "Import a hash set", choices)
    by = str(user_of(request).pk)
    form = ImportForm(
        sent(request), request.FILES or None, choices=choices, by=by, trouble=upload.trouble
    )
    if request.method == "POST":
        if form.is_valid():
            made = attempt(
                form,
                lambda: import_order(
                    actor_of(request), reason=form.cleaned_data["reason"], terms=form.terms(),
                    sent=form.sent, place=form.cleaned_data["place"],
                ),
                field="name",
            )  # fmt: skip
            if made is not None:
                upload.keep()
                return redirect("hashsets:order", hash_set_order_id=made.id)
        if form.sent is not None:
            # Gigabytes are not sent again for a word that was missing.
            upload.keep()
            form.keep(sent_token(form.sent, by=by))
    return _form(request, form, "Import a hash set", "", kept=form.sent)


@access(_KEEPING, methods=_BOTH)
def updates(request: HttpRequest) -> HttpResponse:
    """List signed updates, and ask for one to be taken in."""
    choices = _choices()
    shown: dict[str, object] = {
        "page": order_list(OrderKind.UPDATE, after=request.GET.get("after", ""))
    }
    if isinstance(choices, str):
        return render(request, "hashsets/updates.html", shown | {"trouble": choices})
    form = UpdateForm(sent(request), choices=choices)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: update_order(
                actor_of(request), reason=form.cleaned_data["reason"],
                place=form.cleaned_data["place"],
            ),
            field="place",
        )  # fmt: skip
        if made is not None:
            return redirect("hashsets:order", hash_set_order_id=made.id)
    return render(request, "hashsets/updates.html", shown | {"form": form})


@access(_KEEPING, methods=_BOTH)
def verify(request: HttpRequest, hash_set_sha256: str) -> HttpResponse:
    """Ask for a set to be verified."""
    hash_set = _hash_set(hash_set_sha256)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: verify_order(
                actor_of(request), reason=form.cleaned_data["reason"], hash_set=hash_set
            ),
        )
        if made is not None:
            return redirect("hashsets:order", hash_set_order_id=made.id)
    lead = "Its parts are digested anew and compared with what was sealed."
    return _form(request, form, "Verify the hash set", lead)


@access(_KEEPING, methods=_BOTH)
def switch(request: HttpRequest, hash_set_sha256: str, hash_set_act: str) -> HttpResponse:
    """Disable, enable or remove a set, with a reason."""
    if hash_set_act not in list(SetAct):
        raise Http404
    wanted, hash_set = SetAct(hash_set_act), _hash_set(hash_set_sha256)
    form = (RemoveForm if wanted is SetAct.REMOVE else ReasonForm)(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: hash_set_switch(
                actor_of(request), reason=form.cleaned_data["reason"], hash_set=hash_set,
                wanted=wanted,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("hashsets:page", hash_set_sha256=hash_set.sha256)
    return _form(request, form, wanted.label, _LEADS[wanted])


@access(_READING)
def order(request: HttpRequest, hash_set_order_id: UUID) -> HttpResponse:
    """Show an order: what was asked for, how far it is."""
    return _order_page(request, _order(hash_set_order_id), "hashsets/order.html")


@access(_READING)
def progress(request: HttpRequest, hash_set_order_id: UUID) -> HttpResponse:
    """Show how far an order is: the part of its page that is asked for again and again."""
    response = _order_page(
        request, _order(hash_set_order_id), "hashsets/progress.html", is_part=True
    )
    response["Cache-Control"] = "no-store"
    return response


@access(_KEEPING, methods=_BOTH)
def act_on(request: HttpRequest, hash_set_order_id: UUID, hash_set_action: str) -> HttpResponse:
    """Stop or cancel an order, or try it again, with a reason."""
    if hash_set_action not in _ACTIONS:
        raise Http404
    found = _order(hash_set_order_id)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: order_act(
                actor_of(request), reason=form.cleaned_data["reason"], order=found,
                action=hash_set_action, roles=user_of(request).roles,
            ),
        )  # fmt: skip
        if done is not None:
            return redirect("hashsets:order", hash_set_order_id=found.id)
    heading = f"{_ACTIONS[hash_set_action]}: {found.way.label.lower()}"
    return _form(request, form, heading, "")


_LEADS = {
    SetAct.DISABLE: "Examinations use it no more. What matched it already stays on record.",
    SetAct.ENABLE: "Examinations that begin from now on use it again.",
    SetAct.REMOVE: "It is deleted on the server. What matched it already stays on record.",
}


def _acts(hash_set: HashSet) -> tuple[SetAct, ...]:
    if hash_set.is_gone or hash_set.wanted == SetAct.REMOVE.value:
        return ()
    if hash_set.wanted:
        return (SetAct.REMOVE,)
    return (SetAct.DISABLE if hash_set.is_enabled else SetAct.ENABLE, SetAct.REMOVE)


def _choices() -> ImportChoices | str:
    """Return what an import can be made of, or why the broker does not say."""
    try:
        return broker().hashset_choices()
    except (BrokerGone, BrokerRefused) as error:
        return str(error)


def _hash_set(sha256: str) -> HashSet:
    return or_404(lambda: hash_set_get(sha256))


def _order(order_id: UUID) -> SetOrder:
    return or_404(lambda: order_get(order_id))


def _order_page(
    request: HttpRequest, found: SetOrder, template: str, *, is_part: bool = False
) -> HttpResponse:
    shown = {
        "order": found,
        "actions": ORDER_STATES.offered(found.state, user_of(request).roles),
        "is_part": is_part,
    }
    return render(request, template, shown)


def _form(
    request: HttpRequest, form: GovukForm | None, heading: str, lead: str, **more: object
) -> HttpResponse:
    shown: dict[str, object] = {"form": form, "heading": heading, "lead": lead, **more}
    return render(request, "hashsets/form.html", shown)
