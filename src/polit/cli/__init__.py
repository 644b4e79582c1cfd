"""The command line: one module per verb. Data on stdout, everything else on stderr."""

import sys

from polit.base.errors import PolitError
from polit.cli import doctor, examine, init, list_entries, pack, show, thumbs, unpack, verify
from polit.cli.application import app
from polit.cli.output import report_error

for _verb in (init, doctor, examine, show, verify, list_entries, thumbs, pack, unpack):
    _verb.register(app)


def main() -> None:
    """Run one verb; a refusal is one line on stderr and its exit code."""
    try:
        app()
    except PolitError as error:
        report_error(error, as_json="--json" in sys.argv or "--jsonl" in sys.argv)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
