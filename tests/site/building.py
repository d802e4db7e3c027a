"""A workspace of the sample policies with ledgers made for the tests."""

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from publisher import library
from publisher.config import read_settings
from publisher.domain.change import Grade
from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.domain.policy import Policy
from publisher.workflow.build import BuildReport, build
from publisher.workflow.texts import clause_entries, draft_trees

REPOSITORY = Path(__file__).resolve().parents[2]

ANNOUNCED = datetime(2027, 1, 10, 9, tzinfo=UTC)
EFFECTIVE = date(2027, 3, 1)

TOML = '[site]\nname = "Lindenholt Cloud"\nbase_url = "https://lindenholt.example"\noutput = "site/public"\n'


@dataclass(frozen=True)
class Built:
    """A built site and where its workspace lies."""

    root: Path
    report: BuildReport

    @property
    def output(self) -> Path:
        return self.root / "site/public"

    def text(self, path: str) -> str:
        return (self.output / path).read_text("utf-8")

    def pages(self) -> list[Path]:
        return sorted(self.output.rglob("*.html"))


def adopted(policy: Policy, *, by: str = "Ana Roth") -> LedgerEvent:
    version = policy.versions[0]
    tree = draft_trees(policy, (), version.name)[policy.settings.language]
    return LedgerEvent(
        EventKind.ADOPT,
        policy.name,
        version.name,
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        by,
        "in force before the record began",
        date(2024, 10, 1),
        texts=tuple((text.language, text.digest) for text in version.texts),
        clauses=clause_entries(tree),
        settings=policy.settings,
    )


def released(policy: Policy, before: LedgerEvent) -> LedgerEvent:
    version = policy.versions[1]
    tree = draft_trees(policy, (before,), version.name)[policy.settings.language]
    return LedgerEvent(
        EventKind.RELEASE,
        policy.name,
        version.name,
        ANNOUNCED,
        "publisher",
        effective=EFFECTIVE,
        grade=Grade.MATERIAL,
        texts=tuple((text.language, text.digest) for text in version.texts),
        clauses=clause_entries(tree),
        floor=30,
        notice=f"{policy.name}-{version.name}-1",
        settings=policy.settings,
    )


def later(kind: EventKind, at: datetime, *, effective: date | None = None, notice: str | None = None) -> LedgerEvent:
    return LedgerEvent(kind, "privacy", "v2", at, "Ana Roth", "the reason given", effective, notice=notice)


def make_workspace(root: Path, *more: LedgerEvent, policies: Path = REPOSITORY / "policies") -> Path:
    """Files of a workspace whose ledgers hold every first version, and second ones as announced."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "publisher.toml").write_text(TOML, "utf-8")
    shutil.copytree(policies, root / "policies")
    for path in (root / "policies").rglob("ledger.jsonl"):
        path.unlink()
    for policy in library.read_policies(root).policies:
        events = [adopted(policy)]
        if len(policy.versions) > 1:
            events.append(released(policy, events[0]))
        events.extend(event for event in more if event.policy == policy.name)
        lines = "".join(event.line() + "\n" for event in chained(events, None))
        (root / policy.folder / "ledger.jsonl").write_text(lines, "utf-8")
    return root


def build_at(root: Path, now: datetime) -> Built:
    return Built(root, build(read_settings(root, {}), now=now))
