"""The entry of a service: ``python -I -m polit.sandbox.service PARENT_PID MODULE ARGUMENTS…``.

It binds its life to that of its starter before anything of the module runs, so that a starter
that was killed leaves nobody behind who goes on writing.
"""

import runpy
import sys

from polit.sandbox.lockdown import end_with


def main() -> None:
    """Run a module of polit as ``python -m`` does, for as long as the starter lives."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    end_with(parent)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
