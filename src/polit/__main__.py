"""Run the command line: ``python -m polit``."""

from polit.cli import main

if __name__ == "__main__":
    main()
