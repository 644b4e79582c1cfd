"""States as tables: a register's ``rules`` holds one, its services ask it, the docs draw it.

No Django here; everybody may import it. ``./dev docs`` draws every table that it finds at the head
of a register's ``rules`` into ``docs/reference/states.md``.
"""

from dataclasses import dataclass

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Role


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from state to state.

    Args:
        action: The verb, as services and forms name it, such as ``close``.
        from_states: The states it begins in.
        to: The state it ends in.
        who: The roles that may do it; one of them is enough.
    """

    action: str
    from_states: tuple[str, ...]
    to: str
    who: frozenset[Role]

    @property
    def label(self) -> str:
        """The action in words."""
        return self.action.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class StateTable:
    """All states of one kind of record and every way between them.

    Args:
        name: The kind of record, such as ``case``.
        initial: The state it begins in.
        transitions: The ways, in the order in which people are offered them.
    """

    name: str
    initial: str
    transitions: tuple[Transition, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state once, the initial one first, then as the transitions name them."""
        named = [state for each in self.transitions for state in (*each.from_states, each.to)]
        return tuple(dict.fromkeys([self.initial, *named]))

    @property
    def final_states(self) -> tuple[str, ...]:
        """The states that nothing leads out of."""
        left = {state for each in self.transitions for state in each.from_states}
        return tuple(state for state in self.states if state not in left)

    def offered(self, state: str, roles: frozenset[Role]) -> tuple[Transition, ...]:
        """Return what somebody with these roles may do to a record in this state."""
        return tuple(
            each for each in self.transitions if state in each.from_states and roles & each.who
        )

    def check_action(self, action: str, state: str, roles: frozenset[Role]) -> Transition:
        """Return the transition of an action; one action may lead from several states.

        Raises:
            UsageError: The action is unknown, or does not begin in this state.
            AuthorityError: None of the roles may do it.
        """
        found = [
            each for each in self.transitions if each.action == action and state in each.from_states
        ]
        if not found:
            raise UsageError(f"{self.name}: cannot {action} what is {state}: load the page again")
        for each in found:
            if roles & each.who:
                return each
        raise AuthorityError(f"{self.name}: your roles do not allow to {action}: ask a supervisor")
