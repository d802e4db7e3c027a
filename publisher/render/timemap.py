"""Which version applied when, for programs that browse the past (TimeMap of RFC 7089, in the format of RFC 6690)."""

from collections.abc import Iterator
from email.utils import format_datetime

from publisher.domain.citation import Citation
from publisher.domain.life import APPLIED
from publisher.render.views import Series, Site


def timemap(site: Site, series: Series) -> str:
    """The versions that apply or did, each from when it applied; what is only announced is not there."""
    return ",\n".join(_links(site, series)) + "\n"


def with_gate(built: bytes, base_url: str, policy: str) -> bytes:
    """The same with the policy's time gate, at which only a site that is served answers: a static host cannot."""
    links = built.split(b",\n")
    if len(links) > 1:
        links.insert(1, f'<{base_url.rstrip("/")}/timegate/{policy}>;rel="timegate"'.encode())
    return b",\n".join(links)


def _links(site: Site, series: Series) -> Iterator[str]:
    base = site.base_url.rstrip("/")
    applied = [version for version in series.versions if version.standing.state in APPLIED]
    yield f'<{base}{Citation(series.name).path}>;rel="original"'
    span = ""
    if applied:
        first, last = (format_datetime(applied[end].standing.starts, usegmt=True) for end in (0, -1))
        span = f';from="{first}";until="{last}"'
    yield f'<{base}/timemap/{series.name}>;rel="self";type="application/link-format"{span}'
    for index, version in enumerate(applied):
        ends = (["first"] if index == 0 else []) + (["last"] if index == len(applied) - 1 else [])
        when = format_datetime(version.standing.starts, usegmt=True)
        where = base + Citation(series.name, version.name).path
        yield f'<{where}>;rel="{" ".join([*ends, "memento"])}";datetime="{when}"'
