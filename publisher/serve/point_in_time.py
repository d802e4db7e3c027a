"""The text as it applied at an instant: the time gate of RFC 7089, section 4.1."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from publisher.config import Settings
from publisher.domain.citation import Citation
from publisher.domain.life import APPLIED
from publisher.render.headers import TIME_MAP
from publisher.serve.replies import Reply, leads, not_found, plain

_VARY = (b"vary", b"accept-datetime")


def time_gate(
    settings: Settings,
    policy: str,
    listed: Mapping[str, Any],
    wanted: str | None,
    day: str | None = None,
    language: str | None = None,
) -> Reply:
    """Leads to the version that applied at an instant; never to one that does not apply yet.

    Before the first that is the first, after the last the last (section 4.5.3). `listed` is versions.json; `wanted` is
    the header Accept-Datetime, None for now. A person's form gives a `day` in the policy's zone instead, `2027-03-01`,
    and the `language` of its page.
    """
    versions: Sequence[Mapping[str, Any]] = listed.get("versions", ())
    applied = [version for version in versions if version["state"] in APPLIED and version["from"]]
    if not applied:
        return not_found()
    found = applied[-1]
    if day is not None:
        try:
            instant = datetime.combine(date.fromisoformat(day), time.min, ZoneInfo(listed["timezone"]))
            found = next((each for each in reversed(applied) if _from(each) <= instant), applied[0])
        except (ValueError, OverflowError):
            return plain(400, {"error": "on must be a date such as 2027-03-01"}, (_VARY,))
    elif wanted is not None:
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
    return leads(
        302, base + Citation(policy, found["version"], language if language in found["href"] else None).path, said
    )


def _from(version: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(version["from"])
