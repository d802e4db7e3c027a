"""Which commands there are; each module is loaded only when its command runs, so that help is quick."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

COMMANDS: Mapping[str, str] = {
    "init": "Begin a workspace: settings, a policy to write in, and what version control ignores.",
    "check": "All faults of texts, ledger, dates, translations and reviews at once.",
    "diff": "What changed between two files or two versions, and what it means.",
    "explain": "What was judged material and why, and what not and why not: a page for the file.",
    "packs": "The rule packs: what each regime treats as material, and why.",
    "draft": "Begin the next version as a copy of the newest.",
    "review": "Confirm or override each finding, freeze the audience, sign off.",
    "publish": "The main job: release every signed version, queue its notices, build the site.",
    "deliver": "Send what is due, resuming where the last pass stopped.",
    "worker": "Send what is due together with workers on other machines, from PostgreSQL.",
    "bounces": "Read what mail servers say of mails that never arrived.",
    "receipts": "Record what a provider says of the messages that it was handed.",
    "pause": "Stop the mails of a version; every sender stops within one batch.",
    "resume": "Let the mails of a paused version go on.",
    "tick": "Record what time and completion bring: complete, in force, held.",
    "status": "Where each version stands and what is due.",
    "postpone": "Set a new effective date after notice; the only way out of a hold.",
    "withdraw": "Take an announced version back; those told are told so.",
    "correct": "Correct words of a released text without a change of meaning.",
    "build": "Build the site alone.",
    "adopt": "Enter versions that were in force before this tool came.",
    "asof": "The text that applied on a date.",
    "verify": "Whether ledger, store and texts agree.",
    "notice": "Show a notice, send yourself one, or send one of an incident or a transfer.",
    "users": "Import users, or erase one.",
    "consent": "Who agreed to a version that needs fresh consent.",
    "serve": "Site and API over HTTP.",
    "preview": "Drafts with redline, findings and review form in a browser, live.",
    "hosting": "Files for a server: systemd, nginx, cron, containers, a scheduled workflow.",
    "learn": "Learn from labelled revisions what else to tell when no rule does.",
    "demo": "The main job on a scratch copy, with invented users.",
}
"""Every command and its one line of help, in the order of a version's life."""


class LazyGroup(click.Group):
    """A group whose commands are imported from `publisher.cli.<name>` when they are first asked for."""

    def __init__(self, *args: Any, commands_by_name: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._lines = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The names, in the order in which they are listed."""
        return list(self._lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """The command itself, loaded now."""
        if cmd_name not in self._lines:
            return None
        module = import_module(f"publisher.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  as above
        """Lists the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines.items()))
