"""The attacks of the self-test, by profile, and what counts as contained."""

from polit.sandbox.limits import Profile

_REFUSED = frozenset({"refused", "SIGSYS"})
_REACH = (  # noqa: SIM905 - forty names read better as words
    "read_file write_file stat_file list_folder delete_file own_memory reopen_item file_handle "
    "other_descriptors null_devices tcp udp abstract_socket netlink vsock fork execute "
    "signal_parent signal_sibling trace_parent read_parent take_descriptor become_root mount "
    "new_user_namespace io_uring bpf keyring userfaultfd perf_events load_module "
    "executable_by_default executable_memory make_executable make_item_writable write_item "
    "map_item_writable shrink_output grab_memory"
).split()
_FOLDER = (
    "write",
    "write_too",
    "truncate",
    "create",
    "delete",
    "rename",
    "touch",
    "leave",
    "follow_link",
)

# Faults and lies, with what the client must make of each.
_BREAKAGE = {
    "crash": "SIGSEGV",
    "abort": "SIGABRT",
    "leave": "exit 0",
    "stop_self": "SIGKILL",
    "overflow_stack": "SIGSEGV",
    "loop": "timeout",
    "sleep": "timeout",
    "lie_about_pixels": "protocol",
    "lie_about_size": "protocol",
    "lie_about_length": "protocol",
    "lie_about_hashes": "protocol",
    "lie_about_time": "protocol",
    "lie_about_members": "protocol",
    "lie_about_item": "protocol",
    "lie_about_view": "protocol",
    "lie_about_viewed": "protocol",
    "lie_about_viewer": "protocol",
    "lie_about_fields": "protocol",
    "lie_about_library": "protocol",
    "talk_nonsense": "protocol",
    "talk_deeply": "protocol",
    "talk_much": "protocol",
    "pass_descriptor": "protocol",
}

ATTACKS: dict[Profile, dict[str, frozenset[str]]] = {
    Profile.DECODER: {
        **dict.fromkeys([*_REACH, "thread", "grow_memory"], _REFUSED),
        **{name: frozenset({outcome}) for name, outcome in _BREAKAGE.items()},
    },
    Profile.WALKER_IMAGE: dict.fromkeys(_REACH, _REFUSED),
    Profile.WALKER_FOLDER: {
        # To read beneath its folder is what it is for: the one "attack" that must succeed.
        "folder_read": frozenset({"got 4 bytes"}),
        **dict.fromkeys([f"folder_{name}" for name in _FOLDER], _REFUSED),
        # stat and listing of a descriptor are its work, and stat of a path is the same call.
        **dict.fromkeys([name for name in _REACH if name != "stat_file"], _REFUSED),
    },
}
"""Attacks by profile, each with the outcomes that count as contained."""


VIEWED = frozenset({"lie_about_view", "lie_about_viewed", "lie_about_viewer"})
"""Attacks on who asks for a rendered picture."""
