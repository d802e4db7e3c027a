"""How `publisher publish` tells what it did or would do."""

import click

from publisher.cli import audience_words
from publisher.cli.faults import record as record_fault
from publisher.cli.faults import tell
from publisher.cli.words import count
from publisher.workflow.publish import PublishReport, Released
from publisher.workflow.rehearsal import Rehearsal


def line(entry: Released) -> str:
    """One released version in a sentence."""
    told = f"notice {entry.notice} to {count(entry.queued, 'user')}" if entry.notice else "no notice is due"
    consent = " Fresh consent is needed under its regimes." if entry.consent_needed else ""
    grade = entry.grade or "first version"
    return f"Released {entry.policy} {entry.version} ({grade}), effective {entry.effective}; {told}.{consent}"


def record(report: PublishReport) -> dict[str, object]:
    """The report as plain JSON values."""
    return {
        "released": [
            {
                "policy": entry.policy,
                "version": entry.version,
                "grade": entry.grade,
                "effective": entry.effective,
                "floor": entry.floor,
                "notice": entry.notice,
                "queued": entry.queued,
                "consent_needed": entry.consent_needed,
            }
            for entry in report.released
        ],
        "skipped": [entry.version for entry in report.skipped],
        "completed": list(report.completed),
        "files": list(report.files),
        "pages": report.pages,
    }


def rehearsal_record(rehearsal: Rehearsal) -> dict[str, object]:
    """A dry run as plain JSON values."""
    return {
        "released": [
            {
                "policy": entry.policy,
                "version": entry.version,
                "grade": entry.grade,
                "effective": entry.effective,
                "floor": entry.floor,
                "notice": entry.notice,
                "audience": entry.audience.name if entry.audience else "nobody",
                "where": entry.audience.where if entry.audience else "",
                "audiences": audience_words.audiences_record(entry.audience) if entry.audience else [],
                "channels": {channel: audience_words.languages_record(rows) for channel, rows in entry.channels},
                "samples": list(entry.audience.samples) if entry.audience else [],
            }
            for entry in rehearsal.releases
        ],
        "skipped": [entry.version for entry in rehearsal.skipped],
        "questions": [record_fault(entry) for entry in rehearsal.questions],
    }


def print_rehearsal(rehearsal: Rehearsal) -> None:
    """A dry run in words."""
    for entry in rehearsal.releases:
        click.echo(
            f"Would release {entry.policy} {entry.version} ({entry.grade or 'first version'}),"
            f" effective {entry.effective}, floor {count(entry.floor, 'day')}."
        )
        if entry.audience is None:
            click.echo("  No notice is due.")
            continue
        click.echo(f"  Notice {entry.notice} for {entry.audience.name}:")
        audience_words.print_audience(entry.audience, entry.channels)
    for skipped in rehearsal.skipped:
        click.echo(f"Would skip {skipped.version}: {skipped.reason}.")
    if not rehearsal.releases:
        click.echo("Nothing new to publish.")
    tell(rehearsal.questions)
    click.echo("Nothing was written.")
