"""The entry of a zygote: ``python -I -m polit.sandbox.worker ROLE CONTROL_FD PARENT_PID``."""

import socket
import sys

from polit.sandbox.worker.zygote import load_role, run_zygote


def main() -> None:
    """Warm the role up and serve spawn requests until the coordinator is gone."""
    role, descriptor, parent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)  # it came through exec, and goes no further
    run_zygote(control, load_role(role), parent=parent)


main()
