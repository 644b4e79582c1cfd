"""The entry of a service: ``python -I -m polit.sandbox.service PARENT_PID MODULE ARGUMENTS…``.

It binds its life to that of its starter before anything of the module runs, so that a starter
that was killed leaves nobody behind who goes on writing.
"""

import importlib
import runpy
import signal
import sys

from polit.sandbox.lockdown import end_with


def main() -> None:
    """Run a module of polit as ``python -m`` does, for as long as the starter lives."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    end_with(parent)
    sys.argv = [module, *sys.argv[3:]]
    _load(module)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _load(module: str) -> None:
    """Import what a module needs; whoever is asked to end before that is done ends at once.

    An exception that the interpreter raises for a signal while it imports can be lost, and with
    it the request: the service would work on until it is killed. Nothing is begun here yet.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    importlib.import_module(module)
    del sys.modules[module]  # it runs as the main module
    # Also where the starter runs in the background of a shell, which has Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    main()
