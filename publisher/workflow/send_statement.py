"""Sending a statement of an incident or a transfer to the people on a list, signed by two."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import library
from publisher.config import Settings
from publisher.domain.days import local_date, local_midnight
from publisher.domain.notice import Channel, MailTemplate, Notice, NoticeId, NoticeKind
from publisher.domain.policy import Policy
from publisher.domain.predicate import EVERYONE, LISTED
from publisher.domain.statement import SHOWN, TRIED
from publisher.errors import Fault, Place, PublisherError, Severity, errors_only, one
from publisher.importers.listed import Listing, read_listing
from publisher.workflow.audience import SAMPLES, LanguageCount, by_language, masked
from publisher.workflow.build import build
from publisher.workflow.passes import refuse_rolled_back
from publisher.workflow.statement_files import completed_files
from publisher.workflow.statement_texts import Spoken, policy_of, read_texts, statement_mails
from publisher.workflow.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from publisher.store.engine import Store
    from publisher.store.listed import Looked
    from publisher.store.statements import Sent

ALL = "all"
"""In place of a list: every user."""

_MOST_UNKNOWN = 50


@dataclass(frozen=True, slots=True)
class Order:
    """What staff ask for.

    `texts` and `users` are paths, `users` may be `all`; `by` are the people who sign; `before` is the day of a
    transfer; `channels` are those wanted, none: those that there are. `skip_unknown` leaves ids out that are no users.
    """

    kind: NoticeKind
    texts: Path
    users: str
    by: tuple[str, ...]
    policy: str | None = None
    before: date | None = None
    channels: tuple[Channel, ...] = ()
    skip_unknown: bool = False


@dataclass(frozen=True, slots=True)
class StatementPlan:
    """Everything that sending would do, worked out before anything is written.

    `known` is the notice when the same texts were sent before: then only people without a message of it get one.
    """

    notice: Notice
    policy: Policy
    texts: tuple[Spoken, ...]
    by: tuple[str, ...]
    until: datetime
    ids: tuple[str, ...] | None
    repeated: int
    unknown: int
    people: int
    new: int
    channels: tuple[tuple[str, tuple[LanguageCount, ...]], ...]
    samples: tuple[str, ...]
    warnings: tuple[Fault, ...]
    mails: tuple[MailTemplate, ...]
    known: "Sent | None"


@dataclass(frozen=True, slots=True)
class SentReport:
    """What sending did: how many messages it made, the files to commit, and why the website could not be built."""

    plan: StatementPlan
    notice: NoticeId
    made: int
    files: tuple[str, ...]
    agreed: bool = True
    unbuilt: tuple[Fault, ...] = ()


def plan_statement(settings: Settings, store: "Store", order: Order, *, now: datetime) -> StatementPlan:
    """Works out what sending would do, and every reason against it.

    Raises:
        PublisherError: with every reason at once.
    """
    from publisher.store import listed

    refuse_rolled_back(settings, store)
    workspace = open_workspace(settings)
    policy = policy_of(workspace, order.policy)
    texts, faults = read_texts(policy, order.kind, order.texts)
    found = [*faults, *_signature_faults(order), *_unreleased(workspace, policy), *_date_faults(order, policy, now)]
    listing, listing_faults = _listing(order)
    found.extend(listing_faults)
    ids = None if listing is None else tuple(listing.lines)
    with store.read() as connection:
        looked = listed.look(connection, ids, SAMPLES)
    found.extend(_unknown(order, listing, looked))
    channels = order.channels or default_channels(settings, policy)
    found.extend(_channel_faults(settings, order, channels, looked))
    if errors_only(found):
        raise PublisherError(dict.fromkeys(errors_only(found)))
    sent = _sent_before(store, policy, order, texts)
    if sent is None:
        _refuse_foreign(workspace, policy, order, texts)
    with store.read() as connection:
        notice = _notice(connection, policy, order, channels, now) if sent is None else sent.notice
        new = looked.people if sent is None else listed.without_message(connection, sent.notice, ids)
    mails = _mails(settings, policy, notice, texts) if sent is None else ()
    unknown = frozenset(looked.unknown)
    available = [each.text.language for each in texts]
    counts = by_language(policy, available, looked.languages)
    return StatementPlan(
        notice=notice,
        policy=policy,
        texts=texts,
        by=order.by,
        until=_until(policy, order, texts, now),
        ids=None if ids is None else tuple(entry for entry in ids if entry not in unknown),
        repeated=listing.repeated if listing else 0,
        unknown=len(looked.unknown),
        people=looked.people,
        new=new,
        channels=tuple(
            (
                channel.value,
                counts if channel is Channel.EMAIL else tuple(replace(entry, without_address=0) for entry in counts),
            )
            for channel in notice.channels
        ),
        samples=tuple(masked(user) for user in looked.samples),
        warnings=tuple(found),
        mails=mails,
        known=sent,
    )


def send_statement(
    settings: Settings,
    store: "Store",
    order: Order,
    *,
    now: datetime,
    agreed: Callable[[StatementPlan], bool] = lambda _: True,
) -> SentReport:
    """Queues a statement, puts it on the website, and says so; the same texts and list again add nothing.

    The store is written first, in one transaction; the files that the website is built from follow. A run that was cut
    off anywhere is finished by the next.

    Args:
        settings: the workspace's settings.
        store: its store.
        order: what is asked for.
        now: the clock.
        agreed: asks a person; not asked where nothing new would be queued.

    Raises:
        PublisherError: with every reason against it; nothing was written.
    """
    plan = plan_statement(settings, store, order, now=now)
    nothing_new = plan.known is not None and not plan.new
    if not nothing_new and not agreed(plan):
        return SentReport(plan, plan.notice.id, 0, (), agreed=False)
    made = 0 if nothing_new else _queue(store, plan, now)
    files = completed_files(settings, store)
    unbuilt: tuple[Fault, ...] = ()
    try:
        build(settings, now=now)
    except PublisherError as failed:  # must keep nobody from being told by mail
        unbuilt = tuple(replace(fault, severity=Severity.WARNING) for fault in failed.faults)
    return SentReport(plan, plan.notice.id, made, files, unbuilt=unbuilt)


def default_channels(settings: Settings, policy: Policy) -> tuple[Channel, ...]:
    """The channels of a statement: those of the policy, mails, the announcement, and a push message where it can be."""
    wanted = {Channel.BANNER, Channel.EMAIL, *map(Channel, policy.settings.channels)}
    if settings.webhook.url:
        wanted.add(Channel.WEBHOOK)
    return tuple(channel for channel in Channel if channel in wanted)


def _queue(store: "Store", plan: StatementPlan, now: datetime) -> int:
    from publisher.store import listed, notices, statements

    act = statements.StatementAct.SEND
    with store.begin() as connection:
        notice = plan.notice
        if plan.known is None:
            notices.add(connection, notice, plan.mails)
            statements.add_texts(
                connection,
                notice.id,
                [(each.text.language, each.text.digest, each.text.source) for each in plan.texts],
            )
        elif notice.kind is NoticeKind.INCIDENT:
            statements.reopen(connection, notice.id, now + TRIED)
        made = listed.queue_listed(connection, notice, plan.ids)
        event = statements.StatementEvent(
            act=act,
            at=now,
            by=plan.by,
            listed=plan.people + plan.unknown,
            made=made,
            unknown=plan.unknown,
            until=plan.until,
            reason=ALL if plan.ids is None else "",
        )
        statements.note(connection, notice.id, event)
    return made


def _mails(settings: Settings, policy: Policy, notice: Notice, texts: Sequence[Spoken]) -> tuple[MailTemplate, ...]:
    if Channel.EMAIL not in notice.channels:
        return ()
    before = notice.effective if notice.kind is NoticeKind.TRANSFER else None
    return statement_mails(settings, policy, notice.id, notice.kind, texts, before=before, audience=notice.audience)


def _signature_faults(order: Order) -> tuple[Fault, ...]:
    people = {" ".join(name.split()).casefold() for name in order.by if name.strip()}
    if len(people) >= 2:
        return ()
    message = "Two different people must sign such a notice."
    return (Fault("signatures-missing", message, "Write --by twice, with the names of two people."),)


def _unreleased(workspace: Workspace, policy: Policy) -> tuple[Fault, ...]:
    if workspace.events(policy.name):
        return ()
    message = f"{policy.name} has no released version, so that the website has no place for its notices."
    remedy = f"Run: publisher publish, or publisher adopt {policy.name} --through VERSION --by NAME"
    return (Fault("policy-unreleased", message, remedy, Place(policy.folder)),)


def _date_faults(order: Order, policy: Policy, now: datetime) -> tuple[Fault, ...]:
    today = local_date(now, policy.settings.timezone)
    if order.kind is NoticeKind.INCIDENT:
        if order.before is None:
            return ()
        return (Fault("statement-date", "An incident has no --before.", "Leave it out: it is sent at once."),)
    if order.before is None:
        message = "It is not said by when the people concerned must know."
        return (Fault("statement-date", message, "Add --before DATE: the first day on which the transfer may be."),)
    if order.before <= today:
        message = f"--before {order.before} is not after today, {today} in {policy.settings.timezone}."
        return (Fault("statement-date", message, "People must know before the transfer: name a later day."),)
    return ()


def _listing(order: Order) -> tuple[Listing | None, tuple[Fault, ...]]:
    if order.users == ALL:
        return None, ()
    try:
        with Path(order.users).open("rb") as stream:
            listing = read_listing(stream, order.users)
    except OSError as fault:
        message = f"The list cannot be read: {fault.strerror or fault}."
        remedy = "Name a file of user ids, or write --users all."
        return None, (Fault("list-unreadable", message, remedy, Place(order.users)),)
    return listing, listing.faults


def _unknown(order: Order, listing: Listing | None, looked: "Looked") -> list[Fault]:
    """Ids that are no user's, each with its line: nobody is dropped unless staff say so."""
    if listing is None or order.skip_unknown:
        return []
    remedy = "Correct the id, or import the user; with --skip-unknown ids that are no user's are left out and counted."
    faults = [
        Fault("list-unknown", f"There is no user '{entry}'.", remedy, Place(order.users, listing.lines[entry]))
        for entry in looked.unknown[:_MOST_UNKNOWN]
    ]
    more = len(looked.unknown) - len(faults)
    if more > 0:
        faults.append(Fault("list-unknown", f"{more:,} more ids are no user's.", remedy, Place(order.users)))
    return faults


def _channel_faults(
    settings: Settings, order: Order, channels: Sequence[Channel], looked: "Looked"
) -> tuple[Fault, ...]:
    found: list[Fault] = []
    if not looked.people:
        found.append(
            Fault("audience-empty", "The notice would reach no user.", "Name users who are in the store, or all.")
        )
    if Channel.WEBHOOK in channels and not settings.webhook.url:
        found.append(
            Fault("webhook-settings", "The channel webhook has no address.", "Set [webhook] url, or leave it out.")
        )
    if order.kind is NoticeKind.INCIDENT and Channel.WEBHOOK not in channels:
        message = "No push message is sent: [webhook] url is not set."
        remedy = "A policy may promise one beside mail and announcement, as section 6.2 of the sample does."
        found.append(Fault("statement-no-push", message, remedy, severity=Severity.WARNING))
    return tuple(found)


def _notice(
    connection: "Connection", policy: Policy, order: Order, channels: tuple[Channel, ...], now: datetime
) -> Notice:
    from publisher.store import statements

    zone = policy.settings.timezone
    today = local_date(now, zone)
    effective = order.before or today
    return Notice(
        id=statements.next_id(connection, policy.name, order.kind),
        kind=order.kind,
        channels=channels,
        effective=effective,
        floor=0,
        created=now,
        deadline=local_midnight(order.before, zone) if order.before else now + TRIED,
        reach=EVERYONE if order.users == ALL else LISTED,
    )


def _until(policy: Policy, order: Order, texts: Sequence[Spoken], now: datetime) -> datetime:
    """When the banner goes: at the transfer; else after the day that the text names, or some weeks."""
    zone = policy.settings.timezone
    if order.before is not None:
        return local_midnight(order.before, zone)
    named = next((each.text.until for each in texts if each.text.until is not None), None)
    return local_midnight(named + timedelta(days=1), zone) if named is not None else now + SHOWN


def _digests(texts: Sequence[Spoken]) -> Mapping[str, str]:
    return {each.text.language: each.text.digest for each in texts}


def _sent_before(store: "Store", policy: Policy, order: Order, texts: Sequence[Spoken]) -> "Sent | None":
    """The notice that told these very texts, for the same day.

    Raises:
        PublisherError: its receipts were reduced to counts, so that nobody can say who has it.
    """
    from publisher.store import forgetting, statements

    with store.read() as connection:
        for sent in statements.all_sent(connection):
            same = (sent.notice.id.policy, sent.notice.kind) == (policy.name, order.kind)
            if not same or sent.digests != _digests(texts):
                continue
            if order.before is not None and sent.notice.effective != order.before:
                continue
            if forgetting.is_reduced(connection, sent.notice.id):
                message = f"These texts were sent as {sent.notice.id}, and who got them is no longer kept."
                raise one("statement-over", message, "Say in the text what is new, and send that.")
            return sent
    return None


def _refuse_foreign(workspace: Workspace, policy: Policy, order: Order, texts: Sequence[Spoken]) -> None:
    """A statement that the files hold and this store does not was sent from another one, nobody knows to whom.

    Raises:
        PublisherError: so it is.
    """
    for statement in workspace.statements.get(policy.name, ()):
        if statement.kind is order.kind and {t.language: t.digest for t in statement.texts} == _digests(texts):
            if order.before is not None and statement.before != order.before:
                continue
            raise one(
                "statement-foreign",
                f"{statement.id} was sent from another store; this one does not know who got it.",
                "Point [store] url to that store. If it is lost: change the text, say that it may come twice, send it.",
                Place(library.statement_folder(policy.name, statement.id)),
            )
