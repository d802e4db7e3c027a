"""`publisher status --watch`: drawn anew on a terminal, a line a change elsewhere."""

import json
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from publisher.cli import status_report
from publisher.cli.context import Desk
from publisher.cli.ending import Ending
from publisher.cli.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from publisher.workflow.watching import Frame, Watched

_OVER = frozenset({"superseded", "withdrawn"})
"""States that are left out while watching: nothing will come of them."""


def watch_status(desk: Desk, *, as_json: bool) -> None:
    """Looks again and again until Ctrl-C or the system's wish to end."""
    from publisher.workflow.watching import Watch

    watch = Watch(
        desk.workspace, lambda workspace: desk.store_if_any(workspace.settings), now=desk.now, clock=time.monotonic
    )
    with Ending() as ended:
        if as_json:
            _each_change(watch.look, ended, _json_lines())
        elif is_terminal(sys.stdout):
            _drawn(watch.look, ended)
        else:
            _each_change(watch.look, ended, _text_lines())


def _each_change(look: "Callable[[], Frame]", ended: Ending, lines: "Callable[[Frame], list[str]]") -> None:
    while not ended.is_asked():
        frame = look()
        for line in lines(frame):
            click.echo(line)
        sys.stdout.flush()
        ended.wait(frame.wait)


def _json_lines() -> "Callable[[Frame], list[str]]":
    last: list[object] = []

    def lines(frame: "Frame") -> list[str]:
        versions = [entry.status for entry in frame.versions]
        record = status_report.record(frame.workspace, versions, frame.halt, frame.statements)
        if last and last[0] == record:
            return []
        last[:] = [record]
        paces = [
            {
                "policy": entry.status.policy,
                "version": entry.status.version,
                "begun": entry.begun,
                "mails": entry.mails,
                "rate": round(entry.pace.rate, 1) if entry.pace.rate else None,
                "ends_at": entry.pace.ends_at.isoformat() if entry.pace.ends_at else None,
            }
            for entry in frame.versions
            if entry.mails
        ]
        return [json.dumps({"at": frame.at.isoformat(), **record, "paces": paces}, ensure_ascii=False)]

    return lines


def _text_lines() -> "Callable[[Frame], list[str]]":
    last: dict[str, object] = {}

    def lines(frame: "Frame") -> list[str]:
        found: list[str] = []
        for entry in frame.versions:
            name = f"{entry.status.policy} {entry.status.version}"
            facts = (entry.status.state, status_report.facts_of(entry.status), *status_report.waits_of(entry.status))
            if entry.status.state in _OVER or last.get(name) == facts:
                continue
            last[name] = facts
            waits = (line.strip() for line in status_report.waits_of(entry.status))
            told = "; ".join((f"{name}  {facts[0]}  {facts[1]}", *_pace(entry, frame.at), *waits))
            found.append(f"{frame.at:%Y-%m-%dT%H:%M:%SZ}  {told}")
        for each in frame.statements:
            told = "; ".join(click.unstyle(line).strip() for line in status_report.statement_lines(each))
            known = last.get(str(each.notice))
            if known != told and (known is not None or each.state == "sending"):
                last[str(each.notice)] = told
                found.append(f"{frame.at:%Y-%m-%dT%H:%M:%SZ}  {told}")
        if last.get("halt") != frame.halt:
            last["halt"] = frame.halt
            halted = " ".join(line.strip() for line in status_report.halt_lines(frame.halt))
            found.append(f"{frame.at:%Y-%m-%dT%H:%M:%SZ}  {halted or 'Delivery goes on.'}")
        return found

    return lines


def _drawn(look: "Callable[[], Frame]", ended: Ending) -> None:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(highlight=False), auto_refresh=False) as live:
        while not ended.is_asked():
            frame = look()
            live.update(_picture(frame), refresh=True)
            ended.wait(frame.wait)


def _picture(frame: "Frame") -> "RenderableType":
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    for entry in frame.versions:
        if entry.status.state in _OVER:
            continue
        name = (f"{entry.status.policy} {entry.status.version}", "bold")
        parts.append(Text.assemble(name, f"  {entry.status.state}  {status_report.facts_of(entry.status)}"))
        if entry.mails and entry.begun < entry.mails:
            row = Table.grid(padding=(0, 1))
            share = Text(f"{entry.begun:,} of {entry.mails:,}")
            told = Text("; ".join(_pace(entry, frame.at)))
            row.add_row("   ", ProgressBar(total=entry.mails, completed=entry.begun, width=30), share, told)
            parts.append(row)
        parts.extend(Text(line) for line in status_report.waits_of(entry.status))
    for each in frame.statements:
        if each.state == "sending":
            parts.extend(Text(click.unstyle(line)) for line in status_report.statement_lines(each))
    parts.extend(Text(line, style="red") for line in status_report.halt_lines(frame.halt))
    if not parts:
        parts.append(Text("There is no version of any policy yet."))
    parts.append(Text(f"as of {frame.at:%Y-%m-%d %H:%M:%S} UTC; Ctrl-C ends", style="dim"))
    return Group(*parts)


def _pace(entry: "Watched", at: datetime) -> tuple[str, ...]:
    """How fast, and how long still."""
    if entry.pace.rate is None:
        return ()
    rate = f"{entry.pace.rate:,.0f} mails/s" if entry.pace.rate >= 10 else f"{entry.pace.rate:.1f} mails/s"
    if entry.pace.ends_at is None:
        return (rate,)
    left = int((entry.pace.ends_at - at).total_seconds())
    hours, minutes, seconds = left // 3600, left // 60 % 60, left % 60
    return (rate, f"out at about {entry.pace.ends_at:%H:%M:%S} UTC, in {hours}:{minutes:02}:{seconds:02}")
