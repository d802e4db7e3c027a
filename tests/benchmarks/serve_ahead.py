"""The command by a clock that is ahead: `python -m tests.benchmarks.serve_ahead SECONDS -C DIR serve ...`."""

import sys
from datetime import UTC, datetime, timedelta

from publisher.cli import publisher
from publisher.cli.context import Desk


def main(seconds: float, arguments: list[str]) -> None:
    """Runs one command."""
    ahead = timedelta(seconds=seconds)
    desk = Desk(clock=lambda: (datetime.now(UTC) + ahead).replace(microsecond=0))
    publisher.main(arguments, prog_name="publisher", obj=desk)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
