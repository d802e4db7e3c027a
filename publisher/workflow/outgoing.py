"""What the settings say of how mails leave this installation: over what, as whom, by which key."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING

from publisher.config import Settings
from publisher.delivery import Transport
from publisher.delivery.envelope import message_id
from publisher.delivery.single import HandedMails, SingleMails, TransportedMails
from publisher.delivery.transports import check_transport, is_handoff, open_transport
from publisher.domain.notice import NoticeId
from publisher.errors import PublisherError, one
from publisher.workflow.handoff_far_side import provider_of
from publisher.workflow.passes import refuse_rolled_back
from publisher.workflow.records import refuse_parted
from publisher.workflow.secret_key import secret_key
from publisher.workflow.workspace import open_workspace

if TYPE_CHECKING:
    from publisher.store.engine import Store


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How mails leave.

    `transports` opens a connection, lazily; `single` is what takes copies and test mails, over it or through a
    provider; `sender` is the address they come from.
    """

    transports: Callable[[], Transport]
    single: Callable[[], SingleMails]
    sender: str
    domain: str
    key: bytes
    bounces: str


def outgoing(settings: Settings, store: "Store") -> Outgoing:
    """Everything that mails need, checked before the first of them.

    Raises:
        PublisherError: the transport, the key or the store cannot be used, a ledger file and the store tell different
            stories, or the store was restored from an older backup.
    """
    url = settings.email.transport
    faults = check_transport(url)
    if faults:
        raise PublisherError(faults)
    refuse_rolled_back(settings, store)
    refuse_parted(open_workspace(settings), store)
    sender = parseaddr(settings.email.sender)[1]
    key = secret_key(settings.path(settings.secrets.key_file))
    root, domain = settings.root, sender.rpartition("@")[2]
    single = single_mails(settings)
    return Outgoing(lambda: open_transport(url, root), single, sender, domain, key, settings.email.bounces)


def single_mails(settings: Settings) -> Callable[[], SingleMails]:
    """What opens a way for single mails, lazily.

    Raises:
        PublisherError: the provider's secret cannot be used.
    """
    url, root = settings.email.transport, settings.root
    if is_handoff(url):
        provider = provider_of(settings)
        return lambda: HandedMails(provider)
    sender = parseaddr(settings.email.sender)[1]
    return lambda: TransportedMails(open_transport(url, root), sender)


def refuse_domain(key: bytes, domain: str) -> None:
    """Message-IDs need a domain.

    Raises:
        PublisherError: it is none.
    """
    try:
        message_id(key, NoticeId("probe", "v1", 1), "", domain)
    except ValueError:
        raise one(
            "sender-domain", f"'{domain}' is no domain.", "Correct the sender's address in [email] from."
        ) from None
