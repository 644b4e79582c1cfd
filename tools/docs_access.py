"""The page of who may use which address, from the rules that the gate reads."""

from typing import TYPE_CHECKING

from polit.web.core.rules import CASE_ROLES, Access, Role, Scope
from polit.web.site.boot import boot

if TYPE_CHECKING:
    from polit.web.site.addresses import Address

_LEAD = """# Access

Every address of the web application, who may read it (GET) and who may send to it (POST). An
address without a rule is denied, and a test fails. HEAD goes with GET; every other method is
answered with 405. How the rules are applied stands in
[who may see what](../explanation/who-may-see-what.md).

- *anybody*: also who is not signed in. *signed in*: with a second factor.
- A page of a **case** opens for these roles only to a member of the case, or through break-glass
  while it is open; to all others it does not exist (404).
- **fresh**: who one is was proved within the last five minutes.

"""


def access_page() -> str:
    """Return the page of every address."""
    boot()
    # After Django is ready: addresses cannot be imported before.
    from polit.web.site.addresses import all_addresses  # noqa: PLC0415

    rows = [_row(each) for each in all_addresses()]
    size = f"{len(rows)} addresses.\n\n"
    heads = "| address | scope | reads | writes | fresh |\n| --- | --- | --- | --- | --- |\n"
    return _LEAD + size + heads + "\n".join(rows) + "\n"


def _row(address: "Address") -> str:
    passage = address.passage
    if passage is None:
        return f"| `/{address.route}` | none: denied | - | - | - |"
    rule, methods = passage.rule, passage.methods
    reads = _who(rule, rule.read) if "GET" in methods else "-"
    writes = _who(rule, rule.write) if "POST" in methods else "-"
    scope = rule.scope.value.replace("_", " ")
    return f"| `/{address.route}` | {scope} | {reads} | {writes} | {'yes' * rule.fresh} |"


def _who(rule: Access, roles: frozenset[Role]) -> str:
    if rule.scope is Scope.PUBLIC:
        return "anybody"
    if rule.scope is Scope.SIGNED_IN:
        return "signed in"
    if roles == CASE_ROLES:
        return "all roles of casework"
    return ", ".join(sorted(role.label.lower() for role in roles))
