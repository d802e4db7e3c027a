"""One site with a page of every kind: a version superseded, one in force and corrected since, one to come."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from publisher import library
from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.domain.policy import Policy
from publisher.workflow.texts import clause_entries, draft_trees
from tests.site.building import TOML, Built, adopted, build_at, make_workspace, released

NOW = datetime(2027, 4, 5, 8, tzinfo=UTC)

OLD_ADDRESS = "/legal/privacy.html"

SENDER = "Lindenholt Privacy <privacy@lindenholt.example>"

SLIPS = {
    "en": ("Please read it with care.", "Please raed it with care."),
    "zh-CN": ("24 个月；保留期间", "24 个月, 保留期间"),
}
"""Words of version 2, and the slip that its first text had in their place."""

NEXT = {
    "en": (
        ("24 months after your account is closed", "12 months after your account is closed"),
        ("beyond those 24 months", "beyond those 12 months"),
        ("within 15 days of your request", "within 10 days of your request"),
        (
            "## 6. ",
            (
                "5.4 The periods in short:\n\n| Information | How long we keep it |\n| --- | --- |\n"
                "| Account | until closed, then 12 months |\n| Records of sign-in | 6 months |\n\n## 6. "
            ),
        ),
    ),
    "zh-CN": (
        ("继续保留 24 个月；保留期间不会超过该 24 个月", "继续保留 12 个月；保留期间不会超过该 12 个月"),
        ("15 日内", "10 日内"),
        (
            "## 6. ",
            (
                "5.4 各项期间如下：\n\n| 信息 | 保留期间 |\n| --- | --- |\n"
                "| 账号信息 | 至账号注销后 12 个月 |\n| 登录记录 | 6 个月 |\n\n## 6. "
            ),
        ),
    ),
}
"""What version 3 says in place of version 2's words."""

SUMMARIES = {
    "en": "We will keep your information for 12 months after your account is closed, no longer for 24 (5.2). You will "
    "have a copy of your stored information within 10 days (5.3). A table tells the periods in short (5.4).",
    "zh-CN": "您的账号注销后，我们保留您的信息的期间由 24 个月缩短为 12 个月（5.2）。您将在 10 日内得到所存储信息的"
    "副本（5.3）。新增的表格简要列明各项期间（5.4）。",
}


def build_gallery(root: Path) -> Built:
    """Builds it in a new folder."""
    make_workspace(root)
    more = f'[site.redirects]\n"{OLD_ADDRESS}" = "/privacy/"\n[email]\nfrom = "{SENDER}"\n'
    (root / "publisher.toml").write_text(TOML + more, "utf-8")
    folder = root / "policies/privacy"
    languages = tuple(SLIPS)
    for language in languages:
        text = (folder / f"v2/{language}.md").read_text("utf-8")
        _write(folder / f"v2/revisions/1/{language}.md", _replaced(text, [SLIPS[language]]))
        _write(folder / f"v3/{language}.md", _next(text, language))
    policy = next(found for found in library.read_policies(root).policies if found.name == "privacy")
    lines = [event.line() + "\n" for event in chained(_events(policy), None)]
    (folder / "ledger.jsonl").write_text("".join(lines), "utf-8")
    return build_at(root, NOW)


def _events(policy: Policy) -> list[LedgerEvent]:
    first = adopted(policy)
    second = released(policy, first)
    version = policy.versions[1]
    slipped = tuple((text.language, text.digest) for text in version.revisions)
    events = [first, replace(second, texts=slipped)]
    events.append(_event(EventKind.COMPLETE, "v2", datetime(2027, 1, 14, tzinfo=UTC)))
    events.append(_event(EventKind.IN_FORCE, "v2", datetime(2027, 2, 28, 16, tzinfo=UTC)))
    events.append(
        replace(
            _event(EventKind.CORRECT, "v2", datetime(2027, 3, 8, 9, tzinfo=UTC)),
            by="Ana Roth",
            reason="A word was misspelt.",
            texts=second.texts,
            clauses=second.clauses,
            notice="privacy-v2-2",
        )
    )
    third = policy.versions[2]
    tree = draft_trees(policy, events, third.name)[policy.settings.language]
    release = replace(
        second,
        version=third.name,
        at=datetime(2027, 4, 1, 9, tzinfo=UTC),
        effective=date(2027, 6, 1),
        texts=tuple((text.language, text.digest) for text in third.texts),
        clauses=clause_entries(tree),
        notice="privacy-v3-1",
    )
    return [*events, release]


def _event(kind: EventKind, version: str, at: datetime) -> LedgerEvent:
    return LedgerEvent(kind, "privacy", version, at, "publisher")


def _next(text: str, language: str) -> str:
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    head = f'effective: 2027-06-01\nsummary: "{SUMMARIES[language]}"'
    assert front.startswith("effective:")
    return f"---\n{head}\n---\n{_replaced(body, NEXT[language])}"


def _replaced(text: str, pairs: "tuple[tuple[str, str], ...] | list[tuple[str, str]]") -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
