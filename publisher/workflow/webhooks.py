"""The channel `webhook`: each user told through an address of the organisation's own, or that address told once.

For each user, a message is marked as under way and committed before the call, and its answer recorded after it; what a
call did not answer for is in doubt, and is sent once more under the same id. Told once, nobody is told alone: the
messages are then skipped, and their people are left to the banner.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from publisher.config import Settings, setting_place
from publisher.delivery.webhook import Answered, Webhook, secret_bytes, url_fault
from publisher.domain.notice import Channel, Message, MessageState, Notice, Outcome, Receipt
from publisher.errors import Fault, PublisherError, one
from publisher.store import batches, doubting, notices, outbox, run_lock, sending, users
from publisher.store.mirroring import defer_all, skip_all
from publisher.workflow.alone import alone
from publisher.workflow.build import site_of
from publisher.workflow.careful_start import CarefulStart
from publisher.workflow.delivery_report import DeliveryReport
from publisher.workflow.pace import backoff
from publisher.workflow.secret_key import secret_key
from publisher.workflow.sender import PHASES
from publisher.workflow.workspace import open_workspace

if TYPE_CHECKING:
    from publisher.render.notice_page import NoticeWords
    from publisher.store.engine import Store

LOCK = "webhook"
_STATUSES = {"accepted": Outcome.ACCEPTED, "refused": Outcome.REFUSED, "deferred": Outcome.DEFERRED}
_LATER = frozenset({408, 425, 429})


def call_webhooks(
    settings: Settings,
    store: "Store",
    *,
    now: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    chance: Callable[[], float] = random.random,
    urgent: bool = False,
) -> DeliveryReport:
    """Makes the calls that are due, once; with `urgent` those alone that do not wait behind any mails.

    Raises:
        BusyError: another process calls from this store.
        PublisherError: the address or its secret cannot be used, or the website cannot be built.
    """
    start = CarefulStart(settings.delivery)
    with store.read() as connection:
        due = any(
            batches.due_count(connection, notice.id, now(), Channel.WEBHOOK)
            for notice in notices.open_notices(connection)
            if Channel.WEBHOOK in notice.channels and (notice.urgency or not urgent)
        )
    if not due:
        return _report(store, _Calls(settings, store, None, {}, now, stopping, chance, b"", start, urgent), 0)
    far = _far_side(settings)
    key = secret_key(settings.path(settings.secrets.key_file))
    words = _words(settings, now())
    with alone(
        store, LOCK, now, first=lambda connection: doubting.doubt_interrupted(connection, now(), Channel.WEBHOOK)
    ) as (lock, interrupted):
        calls = _Calls(settings, store, far, words, now, stopping, chance, key, start, urgent, lock)
        calls.all()
    return _report(store, calls, interrupted)


def _far_side(settings: Settings) -> Webhook:
    given = settings.webhook

    def wrong(field_name: str, message: str, remedy: str) -> Exception:
        return one("webhook-settings", message, remedy, setting_place(settings.root, "webhook", field_name))

    fault = url_fault(given.url)
    if fault:
        raise wrong("url", f"The address of the webhook cannot be called: {fault}.", "Write https://host/path.")
    secret = given.secret
    if given.secret_file:
        try:
            secret = settings.path(given.secret_file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise wrong("secret_file", "The webhook's secret cannot be read.", "Correct the file.") from None
    try:
        return Webhook(given.url, secret_bytes(secret), seconds=given.seconds)
    except ValueError:
        remedy = "Write whsec_ and base64 of 24 random bytes or more, as the far side has it."
        raise wrong("secret", "The webhook has no secret that can sign.", remedy) from None


def _words(settings: Settings, now: datetime) -> "dict[str, NoticeWords]":
    from publisher.website.build import words_of_notices

    return words_of_notices(site_of(open_workspace(settings), now=now), settings.path("site"))


@dataclass(slots=True)
class _Calls:
    """One pass; it goes on until everything due was tried, or `halted` or `stopped`."""

    settings: Settings
    store: "Store"
    far: Webhook | None
    words: "Mapping[str, NoticeWords]"
    now: Callable[[], datetime]
    stopping: Callable[[], bool]
    chance: Callable[[], float]
    key: bytes
    start: CarefulStart
    urgent: bool
    lock: run_lock.RunLock | None = None
    stopped: Fault | None = None
    halted: bool = False
    tally: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    skipped: int = 0

    def all(self) -> None:
        """Everything due: by phase, then by notice, then by batch."""
        for state in PHASES:
            with self.store.read() as connection:
                waiting = [
                    entry
                    for entry in notices.open_notices(connection)
                    if Channel.WEBHOOK in entry.channels and (entry.urgency or not self.urgent)
                ]
            for notice in waiting:
                with self.store.read() as connection:
                    found = batches.due_batches(connection, notice.id, state, self.now(), Channel.WEBHOOK)
                if self.settings.webhook.mode == "notice":
                    if found:
                        self._once(notice)
                    continue
                for batch in found:
                    self._batch(notice, batch, state)

    def _go(self, notice: Notice) -> bool:
        if self.stopped or self.halted or self.stopping() or self.now() >= notice.deadline:
            return False
        with self.store.begin() as connection:
            if self.lock is not None:
                run_lock.keep(connection, self.lock, self.now())
            early = self.start.is_early(notice, self.now())
            waits = early or self.start.waits(connection, notice, self.now()) is not None
            return not waits and notices.is_open(connection, notice.id)

    def _batch(self, notice: Notice, batch: batches.Batch, state: MessageState) -> None:
        if not self._go(notice):
            return
        with self.store.begin() as connection:
            try:
                readers = batches.addressees(connection, batch)
            except PublisherError as down:
                self.stopped = down.faults[0]
                return
            self.skipped += batches.take_in_hand(connection, batch, readers)
            due = sending.messages(connection, batch, state, self.now(), readers)
        size, together = self.settings.webhook.batch, self.settings.webhook.connections
        calls = [due[start : start + size] for start in range(0, len(due), size)]
        for start in range(0, len(calls), together):
            if not self._go(notice):
                break
            self._some(notice, calls[start : start + together], state)
        with self.store.begin() as connection:
            batches.put_back(connection, batch)

    def _some(self, notice: Notice, calls: Sequence[Sequence[Message]], state: MessageState) -> None:
        """Some calls at once, each for some users: all marked and committed, called, and recorded in their order."""
        with self.store.begin() as connection:
            marked = [sending.mark(connection, due, state, Channel.WEBHOOK) for due in calls]
            keys = [message.recipient.key for messages in marked for message in messages]
            ids = users.ids_of(connection, keys)
        named = [
            {self._name(notice, message.recipient.key): message for message in messages}
            for messages in marked
            if messages
        ]
        if not named:
            return
        with ThreadPoolExecutor(len(named)) as threads:
            answered = list(threads.map(lambda names: self._call_for(notice, names, ids), named))
        answers: list[sending.Answer] = []
        for names, answer in zip(named, answered, strict=True):
            answers.extend(self._answers(names, answer, state))
        with self.store.begin() as connection:
            sending.record(connection, answers, Channel.WEBHOOK)

    def _call_for(self, notice: Notice, names: Mapping[str, Message], ids: Mapping[str, str]) -> Answered:
        told = [
            {
                "id": name,
                "user": ids.get(message.recipient.key, ""),
                "language": message.recipient.language,
                "kind": message.kind.value,
            }
            for name, message in names.items()
        ]
        return self._call(notice, "notice.users", {"users": told}, self._name(notice, *names))

    def _answers(
        self, names: Mapping[str, Message], answered: Answered, state: MessageState
    ) -> Iterator[sending.Answer]:
        """What became of each message of a call, counted."""
        outcomes = self._outcomes(answered, names)
        at = self.now()
        for name, message in names.items():
            outcome = outcomes[name]
            self.tally[outcome] += 1
            pause = max(backoff(message.attempts + 1, self.chance), timedelta(seconds=answered.wait or 0))
            receipt = Receipt(outcome, answered.status, answered.why)
            next_at = at + pause if outcome is Outcome.DEFERRED else None
            yield sending.Answer(message, receipt, at, state, next_at)

    def _once(self, notice: Notice) -> None:
        """One call for all; made again after an end in between, it has the same id, and the far side drops it."""
        if not self._go(notice):
            return
        with self.store.read() as connection:
            people = sum(entry.count for entry in outbox.counts(connection, notice.id, Channel.WEBHOOK))
        answered = self._call(notice, "notice", {"people": people}, self._name(notice))
        whole = self._of_call(answered)
        self.tally[whole or Outcome.ACCEPTED] += 1
        with self.store.begin() as connection:
            if whole is None:
                self.skipped += skip_all(connection, notice.id, self.now())
            elif whole in (Outcome.DEFERRED, Outcome.IN_DOUBT):
                pause = max(backoff(1, self.chance), timedelta(seconds=answered.wait or 0))
                defer_all(connection, notice.id, self.now() + pause)

    def _call(self, notice: Notice, kind: str, more: Mapping[str, Any], name: str) -> Answered:
        if self.far is None:
            raise RuntimeError("nothing was due")
        words = self.words.get(str(notice.id))
        data = {
            "notice": str(notice.id),
            "kind": notice.kind.value,
            "version": notice.id.version,
            "policies": list(words.policies) if words else [notice.id.policy],
            "effective": notice.effective.isoformat(),
            "audience": notice.audience,
            "title": {kind.value: dict(titles) for kind, titles in words.titles.items()} if words else {},
            "text": dict(words.text) if words else {},
            "href": dict(words.href) if words else {},
            **more,
        }
        at = self.now()
        body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": data}, ensure_ascii=False)
        return self.far.call(name, body.encode("utf-8"), at)

    def _name(self, notice: Notice, *parts: str) -> str:
        """An id that is the same at every attempt and names nobody."""
        given = "\0".join(("webhook", str(notice.id), *parts)).encode("utf-8")
        return "msg_" + hmac.new(self.key, given, hashlib.sha256).hexdigest()[:32]

    def _outcomes(self, answered: Answered, names: Mapping[str, Message]) -> dict[str, Outcome]:
        """What became of each message of a call; what it does not answer for, or in two ways, is in doubt."""
        whole = self._of_call(answered)
        if whole is not None:
            return dict.fromkeys(names, whole)
        said: dict[str, set[Outcome | None]] = {}
        for name, status in _results(answered.body):
            said.setdefault(name, set()).add(_STATUSES.get(status))
        found: dict[str, Outcome] = {}
        for name in names:
            given = said.get(name, set())
            only = next(iter(given)) if len(given) == 1 else None
            found[name] = only or Outcome.IN_DOUBT
        return found

    def _of_call(self, answered: Answered) -> Outcome | None:
        """What a call came to as a whole; None when its body has to be looked at."""
        if not answered.handed:
            self.stopped = _unreachable(answered)
            return Outcome.HOST_BUSY
        if answered.status == 0:
            return Outcome.IN_DOUBT
        if 200 <= answered.status < 300:
            return None
        if answered.status >= 500 or answered.status in _LATER:
            self.halted = True
            return Outcome.DEFERRED
        self.stopped = _refused(answered)
        return Outcome.SENDER_FAULT


def _results(body: bytes) -> Iterator[tuple[str, str]]:
    """The ids and statuses of an answer, as far as it can be read."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    results = value.get("results") if isinstance(value, dict) else None
    for each in results if isinstance(results, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            status = each.get("status")
            yield each["id"], status if isinstance(status, str) else ""


def _unreachable(answered: Answered) -> Fault:
    return Fault(
        "webhook-unreachable",
        f"The webhook was not called: {answered.why}.",
        "Deliver again when it answers; every message waits as it was. If the address is wrong: [webhook] url.",
    )


def _refused(answered: Answered) -> Fault:
    return Fault(
        "webhook-refused",
        f"The webhook answers {answered.status}: it does not take such a call.",
        "Correct [webhook] url and secret (no redirect is followed); deliver again. Nobody was counted as refused.",
    )


def _report(store: "Store", calls: _Calls, interrupted: int) -> DeliveryReport:
    with store.read() as connection:
        return DeliveryReport(
            accepted=calls.tally[Outcome.ACCEPTED],
            refused=calls.tally[Outcome.REFUSED],
            deferred=calls.tally[Outcome.DEFERRED],
            in_doubt=calls.tally[Outcome.IN_DOUBT],
            skipped=calls.skipped,
            interrupted=interrupted,
            held=batches.held_count(connection),
            next_at=outbox.deferred_next(connection),
            stopped=calls.stopped,
        )
