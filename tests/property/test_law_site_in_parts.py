"""A site built in parts, from what the last build left, is byte for byte the one that a build from nothing makes."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from publisher import assess, library
from publisher.config import read_settings
from publisher.domain.change import Grade
from publisher.domain.digest import digest_of
from publisher.domain.ledger import EventKind, LedgerEvent, chained
from publisher.domain.life import impossible
from publisher.domain.notice import Channel, NoticeId, NoticeKind
from publisher.domain.review import Decided, Decision, Review, quote_digest
from publisher.domain.statement import Statement
from publisher.website.swap import MARKER
from publisher.workflow.build import build
from tests.site.building import ANNOUNCED, later, make_workspace

FIRST = "# Privacy\n\n## 1. Data\n\n1.1 We keep your name.\n\n1.2 We keep it for a year.\n\n- one\n- two\n"
SECOND = "# Privacy\n\n## 1. Data\n\n1.1 We keep your name and age.\n\n## 2. Sharing\n\n2.1 Partners receive it.\n"
FRONT = "---\neffective: {day}\nsummary: What applies, in short.\n---\n"

Step = Callable[[Path, "Clock"], None]


class Clock:
    """When the next build happens, and with what."""

    def __init__(self) -> None:
        self.now = ANNOUNCED + timedelta(hours=1)
        self.redlines = True


def policies(folder: Path) -> Path:
    for policy, versions in {"privacy": (FIRST, SECOND), "terms": (FIRST,)}.items():
        for number, body in enumerate(versions, start=1):
            text = folder / policy / f"v{number}" / "en.md"
            text.parent.mkdir(parents=True)
            text.write_text(FRONT.format(day="2024-10-01" if number == 1 else "2027-03-01") + body, "utf-8")
        (folder / policy / "policy.toml").write_text('title = "Policy"\nlanguage = "en"\n', "utf-8")
    library.write_review(folder / "privacy/v2", reviewed())
    return folder


def reviewed(*decisions: Decided) -> Review:
    return Review(digest_of(FIRST), digest_of(SECOND), Grade.MATERIAL, (), None, decisions, (), ())


def decided(decision: Decision, note: str) -> Step:
    """A decision on what the second text says that the first did not, with a public note."""

    def step(root: Path, _: Clock) -> None:
        found = assess(FIRST, SECOND).findings
        by = ("Ana Roth", "Ben Roth")
        library.write_review(
            root / "policies/privacy/v2",
            reviewed(
                *(
                    Decided(
                        each.limb,
                        each.kind,
                        each.clause,
                        each.side,
                        quote_digest(each.quote),
                        each.quote,
                        decision,
                        by,
                        "Seen.",
                        note,
                    )
                    for each in found
                )
            ),
        )

    return step


def appended(root: Path, event: LedgerEvent) -> None:
    """One more event at the end of the ledger, where it may follow."""
    events, _ = library.read_ledger(root, "privacy")
    held = chained((*events, replace(event, at=max(event.at, events[-1].at))), None)
    if impossible(held, "UTC"):
        return
    lines = [line.line() for line in held]
    (root / "policies/privacy/ledger.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def days_later(days: int) -> Step:
    def step(_: Path, clock: Clock) -> None:
        clock.now += timedelta(days=days)

    return step


def event(kind: EventKind) -> Step:
    def step(root: Path, clock: Clock) -> None:
        effective = date(2028, 1, 1) if kind is EventKind.POSTPONE else None
        appended(root, later(kind, clock.now, effective=effective, notice="privacy-v2-2" if effective else None))

    return step


def written(path: str, content: str) -> Step:
    def step(root: Path, _: Clock) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, "utf-8")

    return step


def replaced(path: str, old: str, new: str) -> Step:
    def step(root: Path, _: Clock) -> None:
        file = root / path
        held = file.read_text("utf-8")
        if new not in held:
            file.write_text(held.replace(old, new), "utf-8")

    return step


def statement(policy: str, kind: NoticeKind) -> Step:
    """A statement that was sent some days ago, whose banner ends some days from now."""

    def step(root: Path, clock: Clock) -> None:
        source = (
            f"---\nsummary: A case of {kind} at {clock.now:%d %B}.\n---\n# What happened\n\n1. We tell you of it.\n"
        )
        said = Statement(
            id=NoticeId(policy, kind.value, len(list((root / f"policies/{policy}/notices").glob("*"))) + 1),
            kind=kind,
            sent=clock.now - timedelta(days=3),
            until=clock.now + timedelta(days=30),
            before=None,
            channels=(Channel.BANNER, Channel.EMAIL),
            everyone=True,
            by=("Ana Roth",),
            texts=(),
        )
        library.write_statement(root, said, {"en": source})

    return step


def redirected(old: str, new: str) -> Step:
    def step(root: Path, _: Clock) -> None:
        file = root / "publisher.toml"
        held = file.read_text("utf-8")
        table = "" if "[site.redirects]" in held else "\n[site.redirects]\n"
        if f'"{old}"' not in held:
            file.write_text(f'{held}{table}"{old}" = "{new}"\n', "utf-8")

    return step


def gone(path: str) -> Step:
    def step(root: Path, _: Clock) -> None:
        for found in sorted(root.glob(path)):
            shutil.rmtree(found) if found.is_dir() else found.unlink()

    return step


def damaged(pattern: str) -> Step:
    """One byte of each file differs, its length does not."""

    def step(root: Path, _: Clock) -> None:
        for found in sorted(root.glob(pattern)):
            content = bytearray(found.read_bytes())
            content[len(content) // 2] ^= 1
            found.write_bytes(content)

    return step


def without_redlines(_: Path, clock: Clock) -> None:
    clock.redlines = not clock.redlines


STEPS: dict[str, Step] = {
    "a day passes": days_later(1),
    "a season passes": days_later(100),
    "time runs back": days_later(-40),
    "notice is complete": event(EventKind.COMPLETE),
    "postponed": event(EventKind.POSTPONE),
    "withdrawn": event(EventKind.WITHDRAW),
    "a draft": written("policies/terms/v2/en.md", FRONT.format(day="2029-01-01") + SECOND),
    "the draft goes": gone("policies/terms/v2"),
    "another title": replaced("policies/terms/policy.toml", '"Policy"', '"Terms of use"'),
    "another language": replaced(
        "policies/terms/policy.toml", 'language = "en"', 'language = "en"\nlanguages = ["de"]'
    ),
    "another name": replaced("publisher.toml", "Lindenholt", "Linden & Holt"),
    "another address": replaced("publisher.toml", "lindenholt.example", "lindenholt.example/legal"),
    "a template": written("site/templates/_contents.html.j2", "{% macro entries(list) %}<ol></ol>{% endmacro %}\n"),
    "a label": written("site/strings/en.toml", '[page]\nsummary = "In short"\n'),
    "a style": written("site/static/site.css", "body { color: black }\n"),
    "the own sources go": gone("site/[ts]*"),
    "redlines": without_redlines,
    "a public note": decided(Decision.CONFIRMED, "You are asked first."),
    "no finding stands": decided(Decision.OVERRIDDEN, ""),
    "another regime": replaced(
        "policies/privacy/policy.toml", 'title = "Policy"', 'title = "Policy"\nregimes = ["pipl"]'
    ),
    "another contact": replaced(
        "policies/privacy/policy.toml", 'language = "en"', 'contact = "a@b.example"\nlanguage = "en"'
    ),
    "an incident": statement("terms", NoticeKind.INCIDENT),
    "a transfer": statement("privacy", NoticeKind.TRANSFER),
    "statements go": gone("policies/*/notices"),
    "a redirect": redirected("/old-privacy.html", "/privacy/v1/#1.2"),
    "a redirect to the end of the history": redirected("/was", "/privacy/history/"),
    "the feed is damaged": damaged("site/public/privacy/feed.json"),
    "the list of pages is gone": gone("site/public/sitemap.xml"),
    "the time map is damaged": damaged("site/public/timemap/privacy"),
    "a page is damaged": damaged("site/public/privacy/v1/index.html"),
    "a redline is damaged": damaged("site/public/privacy/v1...v2/en/index.html"),
    "a page is missing": gone("site/public/terms/v1/en/index.html"),
    "the record is damaged": damaged("var/site/*.json"),
    "the record is gone": gone("var/site"),
}


def tree(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@example(["a transfer", "an incident", "a season passes", "a transfer", "a season passes", "time runs back"])
@example(["a redirect", "an incident", "a label", "the feed is damaged", "statements go", "another address"])
@example(["a redirect to the end of the history", "postponed", "the list of pages is gone", "the time map is damaged"])
@example(
    ["another contact", "a public note", "another regime", "no finding stands", "another contact", "notice is complete"]
)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6))
def test_what_is_built_in_parts_is_what_is_built_from_nothing(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        root = make_workspace(scratch / "one", policies=policies(scratch / "policies"))
        clock = Clock()
        build(read_settings(root, {}), now=clock.now)
        for number, step in enumerate(steps):
            STEPS[step](root, clock)
            build(read_settings(root, {}), now=clock.now, redlines=clock.redlines)
            fresh = scratch / f"fresh-{number}"
            shutil.copytree(root, fresh, ignore=shutil.ignore_patterns("var", "public"))
            build(read_settings(fresh, {}), now=clock.now, redlines=clock.redlines)
            ours, wanted = tree(root / "site/public"), tree(fresh / "site/public")
            assert ours.keys() == wanted.keys(), steps[: number + 1]
            assert [path for path in wanted if ours[path] != wanted[path]] == [], steps[: number + 1]
            assert MARKER in ours
