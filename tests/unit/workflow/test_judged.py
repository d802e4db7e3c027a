from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from publisher.config import read_settings
from publisher.domain.assessment import FindingKind, Side
from publisher.notices.plan import Reason
from publisher.workflow.build import build
from publisher.workflow.judged import Judged
from tests.site.building import ANNOUNCED, make_workspace

REASON = Reason("4.1.3", Side.OLD, (FindingKind.NEW_RECIPIENT, FindingKind.OTHER), "Said in public.")


def never() -> tuple[Reason, ...]:
    raise AssertionError("asked again")


def test_what_was_found_before_is_not_looked_for_again() -> None:
    first = Judged()
    assert first.reasons(("texts", "review"), lambda: [REASON]) == (REASON,)
    assert Judged(first.asked).reasons(("texts", "review"), never) == (REASON,)


def test_what_follows_from_something_else_is_found_anew_and_only_what_was_asked_for_is_kept() -> None:
    first = Judged()
    first.reasons("old", lambda: [REASON])
    second = Judged(first.asked)
    assert second.reasons("new", tuple) == ()
    assert Judged(second.asked).reasons("old", tuple) == ()


def test_a_build_judges_no_version_whose_texts_and_review_are_those_of_the_last_build(tmp_path: Path) -> None:
    root = make_workspace(tmp_path)
    now = ANNOUNCED + timedelta(hours=1)
    build(read_settings(root, {}), now=now)
    page = (root / "site/public/privacy/v2/index.html").read_bytes()
    settings = root / "policies/privacy/policy.toml"
    settings.write_text(settings.read_text("utf-8") + "# Seen again.\n", "utf-8")
    with patch("publisher.workflow.series.assess_version", side_effect=never) as judging:
        build(read_settings(root, {}), now=now)
    assert not judging.called
    assert (root / "site/public/privacy/v2/index.html").read_bytes() == page
    review = root / "policies/privacy/v2/review.toml"
    review.write_text(review.read_text("utf-8").replace('decision = "confirmed"', 'decision = "overridden"'), "utf-8")
    build(read_settings(root, {}), now=now)
    assert (root / "site/public/privacy/v2/index.html").read_bytes() != page
