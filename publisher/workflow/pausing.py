"""The stop button: a version's mails paused, and let go on."""

from typing import TYPE_CHECKING

from publisher.domain.notice import NoticeId
from publisher.errors import Place, one
from publisher.workflow.records import ledger_file

if TYPE_CHECKING:
    from publisher.store.engine import Store


def set_paused(store: "Store", policy: str, version: str, *, paused: bool) -> NoticeId:
    """Pauses or resumes the notice of a version that is still being sent.

    Raises:
        PublisherError: nothing of the version is being sent.
    """
    from publisher.store import notices

    with store.begin() as connection:
        waiting = [notice.id for notice in notices.open_notices(connection)]
        found = [notice for notice in waiting if (notice.policy, notice.version) == (policy, version)]
        if not found:
            raise one(
                "notice-none",
                f"No notice of {policy} {version} is being sent from this store.",
                "See: publisher status",
                Place(ledger_file(policy)),
            )
        (notices.pause if paused else notices.resume)(connection, found[-1])
    return found[-1]
