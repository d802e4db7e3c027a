"""A statement's mail as a reader of one language gets it, before it is sent or after."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from publisher.domain.days import local_date
from publisher.domain.notice import MailTemplate, NoticeId, NoticeKind
from publisher.errors import Place, PublisherError, errors_only, one
from publisher.workflow.showing import ShownNotice, shown_mail
from publisher.workflow.statement_texts import policy_of, read_texts, statement_mails
from publisher.workflow.trial_mail import Trial, refuse_transport, send_template
from publisher.workflow.workspace import Workspace


def show_statement(
    workspace: Workspace, kind: NoticeKind, given: Path, *, language: str | None, before: date | None, now: datetime
) -> ShownNotice:
    """Renders a statement's mail in one language, exactly as it would be queued.

    Raises:
        PublisherError: with everything that is wrong with its texts, or the language is not there.
    """
    notice, mail, _ = _template(workspace, kind, given, language, before, now)
    return shown_mail(notice, mail.language, mail)


def send_statement_trial(
    workspace: Workspace,
    kind: NoticeKind,
    given: Path,
    *,
    to: str,
    language: str | None,
    before: date | None,
    now: Callable[[], datetime],
) -> Trial:
    """Sends one mail of a statement to an address of one's own; recorded nowhere.

    Raises:
        PublisherError: something is wrong with its texts, the address or the transport, or the mail was not taken.
    """
    refuse_transport(workspace.settings)
    notice, mail, sent = _template(workspace, kind, given, language, before, now())
    return Trial(str(notice), mail.language, sent, send_template(workspace.settings, mail, to=to, now=now))


def _template(
    workspace: Workspace, kind: NoticeKind, given: Path, language: str | None, before: date | None, now: datetime
) -> tuple[NoticeId, MailTemplate, bool]:
    policy = policy_of(workspace, None)
    texts, faults = read_texts(policy, kind, given)
    if errors_only(faults):
        raise PublisherError(errors_only(faults))
    wanted = language or policy.settings.language
    chosen = [each for each in texts if each.text.language == wanted]
    if not chosen:
        has = ", ".join(each.text.language for each in texts)
        raise one("text-missing", f"There is no text in {wanted}.", f"There is: {has}.", Place(given.as_posix()))
    sent = [each for each in workspace.statements.get(policy.name, ()) if each.kind is kind]
    known = next((each for each in sent if chosen[0].text.digest in {text.digest for text in each.texts}), None)
    number = max((each.id.revision for each in sent), default=0) + 1
    day: date | None = None
    if kind is NoticeKind.TRANSFER:
        told = known.before if known is not None else None
        day = before or told or local_date(now, policy.settings.timezone) + timedelta(days=1)
    notice = known.id if known is not None else NoticeId(policy.name, kind.value, number)
    (mail,) = statement_mails(workspace.settings, policy, notice, kind, chosen, before=day, audience="everyone")
    return notice, mail, known is not None
