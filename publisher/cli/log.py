"""`--log`: what a command does, as JSON Lines for a machine that watches over it."""

import json
import logging
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

import click

from publisher.errors import Place, one


class _JsonLines(logging.Formatter):
    """An event a line: when, what, how grave, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        told = {"at": at, "event": record.getMessage(), "level": record.levelname.lower(), **facts}
        return json.dumps(told, ensure_ascii=False)


def _open(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if not value:
        return
    from publisher.workflow.journal import LOGGER

    try:
        handler = logging.StreamHandler(sys.stderr) if value == "-" else WatchedFileHandler(value, encoding="utf-8")
    except OSError as fault:
        message = f"It cannot be written: {fault.strerror or fault}."
        raise one("log-unwritable", message, "Name a file in a folder that is there.", Place(value)) from None
    handler.setFormatter(_JsonLines())
    before = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)

    def close() -> None:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)
        handler.close()

    context.call_on_close(close)


log_option = click.option(
    "--log",
    metavar="FILE",
    envvar="PUBLISHER_LOG",
    expose_value=False,
    callback=_open,
    help="Append what is done to FILE, or - for standard error, as JSON Lines. Also from PUBLISHER_LOG.",
)
"""An option of every command that sends or ticks."""
