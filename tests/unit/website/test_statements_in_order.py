"""Banners of several policies stand in one order, however the site was put together."""

import json
from datetime import timedelta
from pathlib import Path

from publisher import library
from publisher.domain.notice import Channel, NoticeId, NoticeKind
from publisher.domain.statement import Statement
from tests.site.building import ANNOUNCED, build_at, make_workspace

NOW = ANNOUNCED + timedelta(days=1)


def say(root: Path, policy: str, kind: NoticeKind, hours: int) -> str:
    said = Statement(
        id=NoticeId(policy, kind.value, 1),
        kind=kind,
        sent=NOW - timedelta(hours=hours),
        until=NOW + timedelta(days=30),
        before=None,
        channels=(Channel.BANNER,),
        everyone=True,
        by=("Ana Roth",),
        texts=(),
    )
    library.write_statement(root, said, {"en": "---\nsummary: S.\n---\n# T\n\nX.\n"})
    return str(said.id)


def test_incidents_come_first_then_transfers_the_newest_first_then_versions(tmp_path: Path) -> None:
    root = make_workspace(tmp_path)
    transfers = [say(root, policy, NoticeKind.TRANSFER, hours) for policy, hours in (("privacy", 1), ("cookies", 3))]
    incidents = [say(root, policy, NoticeKind.INCIDENT, hours) for policy, hours in (("privacy", 2), ("cookies", 4))]
    found = [banner["id"] for banner in json.loads(build_at(root, NOW).text("banners.json"))]
    assert found[:4] == [*incidents, *transfers]
    assert found[4:]
    assert not any("incident" in name or "transfer" in name for name in found[4:])
