"""``./dev prove [NAME] [--count N] [--again]``."""

import sys

from prove.runner import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
