"""Which version applied when, for programs that browse the past (TimeMap of RFC 7089, in the format of RFC 6690)."""

from collections.abc import Iterator
from email.utils import format_datetime

from publisher.domain.citation import Citation
from publisher.domain.life import APPLIED
from publisher.render.views import Series, Site


def timemap(site: Site, series: Series, *, gate: bool = False) -> str:
    """The versions that apply or did, each at the instant from which it applied; what is only announced is not there.

    `gate` says that this site answers at the policy's time gate, which a static host cannot.
    """
    return ",\n".join(_links(site, series, gate=gate)) + "\n"


def _links(site: Site, series: Series, *, gate: bool) -> Iterator[str]:
    base = site.base_url.rstrip("/")
    applied = [version for version in series.versions if version.standing.state in APPLIED]
    yield f'<{base}{Citation(series.name).path}>;rel="original"'
    span = ""
    if applied:
        first, last = (format_datetime(applied[end].standing.starts, usegmt=True) for end in (0, -1))
        span = f';from="{first}";until="{last}"'
    yield f'<{base}/timemap/{series.name}>;rel="self";type="application/link-format"{span}'
    if gate:
        yield f'<{base}/timegate/{series.name}>;rel="timegate"'
    for index, version in enumerate(applied):
        ends = (["first"] if index == 0 else []) + (["last"] if index == len(applied) - 1 else [])
        when = format_datetime(version.standing.starts, usegmt=True)
        where = base + Citation(series.name, version.name).path
        yield f'<{where}>;rel="{" ".join([*ends, "memento"])}";datetime="{when}"'
