"""The text as it applied at an instant: the time gate of RFC 7089, section 4.1."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from publisher.config import Settings
from publisher.domain.citation import Citation
from publisher.domain.life import APPLIED
from publisher.render.headers import TIME_MAP
from publisher.serve.replies import Reply, leads, not_found, plain

_VARY = (b"vary", b"accept-datetime")


def time_gate(settings: Settings, policy: str, versions: Sequence[Mapping[str, Any]], wanted: str | None) -> Reply:
    """Leads to the version that applied at an instant; never to one that does not apply yet.

    Before the first that is the first, after the last the last (section 4.5.3). `versions` are those of versions.json;
    `wanted` is the header Accept-Datetime, None for now.
    """
    applied = [version for version in versions if version["state"] in APPLIED and version["from"]]
    if not applied:
        return not_found()
    found = applied[-1]
    if wanted is not None:
        try:
            instant = parsedate_to_datetime(wanted)
        except (ValueError, OverflowError, TypeError):
            return plain(400, {"error": "Accept-Datetime must be a date as in RFC 7231"}, (_VARY,))
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        found = next((each for each in reversed(applied) if _from(each) <= instant), applied[0])
    base = settings.site.base_url.rstrip("/")
    links = (
        f'<{base}{Citation(policy).path}>; rel="original", <{base}/timemap/{policy}>; rel="timemap"; type="{TIME_MAP}"'
    )
    said = (_VARY, (b"link", links.encode("ascii")), (b"cache-control", b"no-cache"))
    return leads(302, base + Citation(policy, found["version"]).path, said)


def _from(version: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(version["from"])
