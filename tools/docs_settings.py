"""The page of environment variables, checked against every place that reads one."""

import ast
from collections.abc import Iterator
from pathlib import Path

_MEANINGS = {
    "POLIT_CATEGORY_SCHEME": (
        "`uk-2014/1`",
        "The category scheme of cases for which no other one was agreed, as `scheme/version`.",
    ),
    "POLIT_BROKER_DECODERS": (
        "2",
        "How many pictures the broker decodes at a time, 1 to 32.",
    ),
    "POLIT_BROKER_PEERS": (
        "the broker's own user",
        "User names or ids, separated by commas, that may ask the broker beside its own.",
    ),
    "POLIT_DATA": (
        "the user's data folder",
        "Where the installation's keys and data lie. `polit init` makes it.",
    ),
    "POLIT_DATABASE": (
        "`polit.sqlite3` in the data directory",
        (
            "The record's database: an absolute path (SQLite), or "
            "`postgresql://user:password@host:port/name`; through a Unix socket "
            "`postgresql:///name?host=/run/postgresql&user=polit`."
        ),
    ),
    "POLIT_EVIDENCE": (
        "`evidence` in the data folder",
        "Folders that evidence may be examined below, absolute, separated by colons.",
    ),
    "POLIT_FAULTS": (
        "none",
        "Faults to plant, for tests: `point[=detail][@n]:action`. The manifest names them.",
    ),
    "POLIT_FULL_WAIT_S": (
        "600",
        "How many seconds in all a run waits for room on a full disk before it stops, resumable.",
    ),
    "POLIT_HASHSETS": (
        "`hashsets` in the data folder",
        "Where imported hash sets lie; `polit hashset import` makes it.",
    ),
    "POLIT_HOSTS": (
        "none",
        (
            "Further host names, apart by spaces, under which the web application answers; "
            "`localhost` always does."
        ),
    ),
    "POLIT_ORIGIN": (
        "none",
        (
            "The address under which people reach the web application through a TLS proxy, such "
            "as `https://polit.force.example`. Sets the host name, trusted origin, secure "
            "cookies and HSTS, and believes the proxy's `X-Forwarded-Proto`."
        ),
    ),
    "POLIT_REFERRAL_SOURCES": (
        "`england-wales-1`",
        "The file of sources of new referrals, in `polit/data/referral-sources`.",
    ),
    "POLIT_ENQUIRY_KINDS": (
        "`england-wales-1`",
        (
            "The file of kinds of new enquiries and their usual answer times, in"
            " `polit/data/enquiry-kinds`."
        ),
    ),
    "POLIT_ARREST_NECESSITY": (
        "`england-wales-1`",
        "The file of criteria that make an arrest necessary, in `polit/data/arrest-necessity`.",
    ),
    "POLIT_CUSTODY_CLOCKS": (
        "`england-wales-1`",
        "The file of reviews and limits of detention, in `polit/data/custody-clocks`.",
    ),
    "POLIT_BAIL_PERIODS": (
        "`england-wales-1,england-wales-2`",
        (
            "The files of periods of bail before charge, joined by commas, in"
            " `polit/data/bail-periods`; each says for which days of arrest it holds."
        ),
    ),
    "POLIT_COURT_TERMS": (
        "`england-wales-1`",
        "The file of pleas, hearings, verdicts and sentences, in `polit/data/court`.",
    ),
    "POLIT_IDENTIFIER_KINDS": (
        "`england-wales-1`",
        "The file of kinds of identifiers of people, in `polit/data/identifier-kinds`.",
    ),
    "POLIT_OFFENCE_TYPES": (
        "`england-wales-1`",
        "The file of kinds of offence of new cases, in `polit/data/offence-types`.",
    ),
    "POLIT_CLOCKS": (
        "`england-wales-1`",
        "The file of clocks of new safeguarding tasks, in `polit/data/clocks`.",
    ),
    "POLIT_DISCLOSURE": (
        "`england-wales-1`",
        "The file of kinds of schedules of new items and services, in `polit/data/disclosure`.",
    ),
    "POLIT_EXCHANGE_CODES": (
        "`england-wales-1`",
        "The file of codes of the exchange log, in `polit/data/exchange-codes`.",
    ),
    "POLIT_CHILD_CLOCKS": (
        "`england-wales-1`",
        "The file of clocks of new children's records, in `polit/data/safeguarding-clocks`.",
    ),
    "POLIT_SAFEGUARDING_CATALOGUE": (
        "`england-wales-1`",
        "The file of the lists of safeguarding, in `polit/data/safeguarding-catalogue`.",
    ),
    "POLIT_VICTIM_CATALOGUE": (
        "`england-wales-1`",
        "The file of lists and the clock of unknown children, in `polit/data/victim-catalogue`.",
    ),
    "POLIT_BANK_HOLIDAYS": (
        "`england-wales-1`",
        "The file of bank holidays for working days, in `polit/data/bank-holidays`.",
    ),
    "POLIT_ORDER_KINDS": (
        "`england-wales-1`",
        "The file of kinds of order of new orders, in `polit/data/order-kinds`.",
    ),
    "POLIT_NOTIFICATION_RULES": (
        "`england-wales-1`",
        "The file of rules of notification of new orders, in `polit/data/notification-rules`.",
    ),
    "POLIT_MONITORING": (
        "`england-wales-1`",
        "The file of the monitoring policy of new orders, in `polit/data/monitoring`.",
    ),
    "POLIT_IDLE_MIN": (
        "15",
        "After how many idle minutes people are signed out; at least 1, at most 60.",
    ),
    "POLIT_PROXIES": (
        "1 with `POLIT_ORIGIN`, else 0",
        (
            "How many reverse proxies of the force stand before the web application: the address "
            "that the outermost of them saw counts for lockouts and in the audit."
        ),
    ),
    "POLIT_REVIEW_WELFARE": (
        "`england-wales-1`",
        "The file of lanes, limits, breaks and consent of review, in `polit/data/review-welfare`.",
    ),
    "POLIT_RESPONSE_CLOCKS": (
        "`england-wales-1`",
        "The file of times to respond by level of risk, in `polit/data/response-clocks`.",
    ),
    "POLIT_RISK_TOOLS": (
        "`england-wales-1`",
        "The file of tools that assess risk, in `polit/data/risk-tools`.",
    ),
    "POLIT_SEIZURE_POWERS": (
        "`england-wales-1`",
        "Which list of powers to seize applies here: the name of one of the lists that come along.",
    ),
    "POLIT_STATIC": (
        "`web/static` in the data directory",
        "Where style sheets and scripts are collected to and served from.",
    ),
    "POLIT_TIME_ZONE": (
        "`Europe/London`",
        "The force's time zone: what people read and enter. Kept is UTC.",
    ),
    "POLIT_WARRANT_POWERS": (
        "`england-wales-1`",
        "The file of powers to apply for a warrant, in `polit/data/warrant-powers`.",
    ),
    "POLIT_WELFARE_CONTACT": (
        "none",
        "Where officers find support: a name, a number. It stands at the foot of every page.",
    ),
    "POLIT_UPLOAD_GIB": (
        "8",
        "The longest file that the broker takes through the record, in GiB, from 1.",
    ),
    "POLIT_WITNESS": (
        "`witness` in the data directory",
        (
            "Where the audit log's signed checkpoints are copied to; better a folder that another "
            "machine keeps."
        ),
    ),
    "POLIT_WORKER_STDERR": (
        "none",
        "`1` shows what sandboxed processes write to their standard error, for developers.",
    ),
}
_READERS = {"text", "number", "get", "getenv"}


def variables_read(folder: Path) -> set[str]:
    """Return the names of the polit variables that any module below a folder reads."""
    return {name for path in folder.rglob("*.py") for name in _names_in(path)}


def _names_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and _called(node.func) in _READERS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and str(first.value).startswith("POLIT_"):
                yield str(first.value)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def settings_page() -> str:
    """Return the page of environment variables.

    Raises:
        ValueError: A module reads a variable that this page does not explain, or none reads one
            that it does.
    """
    read = variables_read(Path("src"))
    if read != set(_MEANINGS):
        raise ValueError(
            "tools/docs_settings.py explains other variables than the code reads: "
            f"{sorted(read ^ set(_MEANINGS))}"
        )
    rows = [
        f"| `{name}` | {default} | {meaning} |"
        for name, (default, meaning) in sorted(_MEANINGS.items())
    ]
    lead = (
        "# Settings\n\nEverything else is an option of a command. A value that cannot be read as "
        "what it should be is an\nerror that names the variable; it is never replaced by the "
        "default.\n\n| variable | default | meaning |\n| --- | --- | --- |\n"
    )
    return lead + "\n".join(rows) + "\n"
