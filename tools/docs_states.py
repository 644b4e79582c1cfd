"""The page of states, from the tables that the registers' rules hold."""

import importlib
import pkgutil
from collections.abc import Iterator

import polit.web
from polit.web.core.states import StateTable, Transition


def state_tables() -> tuple[StateTable, ...]:
    """Return every table at the head of a register's ``rules``, ordered by its name."""
    found = {id(table): table for table in _tables_of_registers()}
    return tuple(sorted(found.values(), key=lambda table: table.name))


def states_page() -> str:
    """Return the page of every state and every way between them."""
    lead = (
        "# States\n\nWhat a record may be, and who may make it so. A way that is not drawn here "
        "does not exist. Every one\nasks for a reason, and leaves a row in the audit.\n"
    )
    return lead + "".join(_part(table) for table in state_tables())


def _tables_of_registers() -> Iterator[StateTable]:
    for register in pkgutil.iter_modules(polit.web.__path__, "polit.web."):
        if register.ispkg and "rules" in _names_in(register.name):
            rules = importlib.import_module(f"{register.name}.rules")
            yield from (each for each in vars(rules).values() if isinstance(each, StateTable))


def _names_in(package: str) -> set[str]:
    return {each.name for each in pkgutil.iter_modules(importlib.import_module(package).__path__)}


def _part(table: StateTable) -> str:
    arrows = [
        f"    {_node(state)} --> {_node(each.to)}: {each.label}"
        for each in table.transitions
        for state in each.from_states
    ]
    names = [f'    state "{_words(state)}" as {_node(state)}' for state in table.states]
    ends = [f"    {_node(state)} --> [*]" for state in table.final_states]
    drawing = "\n".join([*names, f"    [*] --> {_node(table.initial)}", *arrows, *ends])
    rows = "\n".join(_row(each) for each in table.transitions)
    return (
        f"\n## {_words(table.name)}\n\n```mermaid\nstateDiagram-v2\n{drawing}\n```\n\n"
        f"| action | from | to | who |\n| --- | --- | --- | --- |\n{rows}\n"
    )


def _row(each: Transition) -> str:
    before = ", ".join(_words(state) for state in each.from_states)
    who = ", ".join(sorted(role.label for role in each.who))
    return f"| {each.label} | {before} | {_words(each.to)} | {who} |"


def _node(state: str) -> str:
    return str(state).replace(" ", "_").replace("-", "_")


def _words(name: str) -> str:
    return str(name).replace("_", " ").capitalize()
