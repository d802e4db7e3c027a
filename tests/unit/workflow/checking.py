"""A workspace for the tests of check: texts, and the desk at which staff would sit."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from publisher import library
from publisher.config import Settings
from publisher.domain.assessment import Assessment
from publisher.domain.digest import digest_of
from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.domain.review import (
    AudienceSigned,
    Decided,
    Decision,
    Review,
    SignOff,
    TranslationSigned,
    graded,
    quote_digest,
    seen_of,
)
from publisher.errors import Fault
from publisher.workflow.check import check_workspace
from publisher.workflow.texts import assess_version, clause_entries, trees_of
from publisher.workflow.workspace import open_workspace

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SETTINGS = """\
title = "Privacy Policy"
language = "en"
languages = ["zh-CN"]
timezone = "Asia/Shanghai"
notice_days = 30
channels = ["banner", "email"]
contact = "privacy@example.com"
"""
EN = """\
---
effective: 2024-10-01
summary: The first version.
---
# Privacy Policy

## 1. Scope

1.1 This Privacy Policy applies to the website.

1.2 We will keep your order history for 30 days. See section 2.1.

## 2. Sharing

2.1 We will not share your name without your consent.

2.2 Write to [us](mailto:privacy@example.com) until October 2027.
"""
ZH = """\
---
effective: 2024-10-01
summary: 第一版。
---
# 隐私政策

## 1. 适用范围

1.1 本隐私政策适用于本网站。

1.2 我们将保存您的订单记录三十天。请见第2.1条。

## 2. 共享

2.1 未经您的同意，我们不会共享您的姓名。

2.2 请于2027年10月前写信给[我们](mailto:privacy@example.com)。
"""
EN2 = (
    EN.replace("2024-10-01", '"+45 days"')
    .replace("The first version.", "We share your name with partners (2.1).")
    .replace("We will not share your name without your consent.", "We may share your name with advertising partners.")
)
ZH2 = (
    ZH.replace("2024-10-01", '"+45 days"')
    .replace("第一版。", "我们与合作伙伴共享您的姓名（2.1）。")
    .replace("未经您的同意，我们不会共享您的姓名。", "我们可能与广告合作伙伴共享您的姓名。")
)


@dataclass(frozen=True)
class Desk:
    """A workspace in a folder, as tests set it up and read what check says of it."""

    root: Path

    def write(self, name: str, text: str) -> None:
        path = self.root / "policies/privacy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / "policies/privacy" / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def record(self, version: str, kind: EventKind = EventKind.ADOPT, **changes: object) -> None:
        """Puts a version into the ledger, or an event about it."""
        workspace = open_workspace(Settings(self.root))
        policy = workspace.policy("privacy")
        events = workspace.events("privacy")
        found = policy.version(version)
        assert found is not None
        event = LedgerEvent(kind, "privacy", version, datetime(2026, 11, 1, tzinfo=UTC), "Ada")
        if kind in (EventKind.ADOPT, EventKind.RELEASE):
            front = found.texts[0].front.effective
            event = replace(
                event,
                effective=front if isinstance(front, date) else date(2026, 12, 16),
                texts=tuple((text.language, text.digest) for text in found.texts),
                clauses=clause_entries(trees_of(policy, events, version)["en"]),
                settings=policy.settings,
            )
        event = replace(event, **changes)  # type: ignore[arg-type]
        lines = library.ledger_lines(self.root, "privacy")
        library.append_lines(self.root, "privacy", [chained((event,), lines[-1] if lines else None)[0].line()])

    def assessment(self) -> Assessment:
        workspace = open_workspace(Settings(self.root))
        found = assess_version(workspace.policy("privacy"), workspace.events("privacy"), "v2")
        assert found is not None
        return found

    def sign(self, **changes: object) -> None:
        """Signs v2 as it is: every finding confirmed, every translation too."""
        assessment = self.assessment()
        policy = open_workspace(Settings(self.root)).policy("privacy")
        version = policy.version("v2")
        assert version is not None
        decisions = tuple(
            Decided(f.limb, f.kind, f.clause, f.side, quote_digest(f.quote), f.quote, Decision.CONFIRMED, ("Ada",))
            for f in assessment.findings
        )
        review = Review(
            old=assessment.old_digest,
            new=assessment.new_digest,
            grade=graded(assessment, decisions),
            rules=assessment.rules,
            audience=AudienceSigned((), "", policy.settings.channels),
            decisions=decisions,
            seen=seen_of(assessment.changes),
            sign_offs=(SignOff("Ada", "Counsel", NOW),),
            translations=tuple(
                TranslationSigned(text.language, digest_of(text.body), "Ada") for text in version.texts[1:]
            ),
        )
        library.write_review(self.root / "policies/privacy/v2", replace(review, **changes))  # type: ignore[arg-type]

    def faults(self, now: datetime = NOW, only: str | None = None) -> tuple[Fault, ...]:
        return check_workspace(open_workspace(Settings(self.root)), now=now, only=only)

    def codes(self, now: datetime = NOW) -> list[tuple[str, str]]:
        return [(fault.code, fault.severity.value) for fault in self.faults(now)]

    def one(self, code: str, now: datetime = NOW) -> Fault:
        found = [fault for fault in self.faults(now) if fault.code == code]
        assert len(found) == 1, self.faults(now)
        return found[0]
