import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.domain.assessment import FindingKind, Limb, RulePack, Side
from publisher.domain.change import Grade
from publisher.domain.review import AudienceSigned, Decided, Decision, Review, SignOff, TranslationSigned, quote_digest
from publisher.library import read_review, write_review

DIGEST = "sha256:" + "a" * 64
DECIDED = Decided(
    limb=Limb.COLLECTION,
    kind=FindingKind.NEW_RECIPIENT,
    clause="4.1.3",
    side=Side.NEW,
    quote=quote_digest("advertising partners"),
    words="advertising partners",
    decision=Decision.OVERRIDDEN,
    by=("Ada Lovelace", "林书"),
    note='Only a "processor"\nsays counsel.',
    public_note="They act for us.",
    added=True,
    bulk=True,
)
REVIEW = Review(
    old=DIGEST,
    new="sha256:" + "b" * 64,
    grade=Grade.MATERIAL,
    rules=(RulePack("section-8", "2026-11-01"), RulePack("pipl", "2026-11-01")),
    audience=AudienceSigned(("4.1.3",), "region = 'CN'", ("banner", "email")),
    decisions=(DECIDED, replace(DECIDED, clause="第四条", note="", public_note="", added=False, bulk=False)),
    seen=(("4.1.3", DIGEST), ("preamble-p1", DIGEST)),
    sign_offs=(SignOff("Ada Lovelace", "Counsel", datetime(2027, 1, 5, 9, 30, tzinfo=UTC)),),
    translations=(TranslationSigned("zh-CN", DIGEST, "林书"),),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "policies/privacy/v2"
    made.mkdir(parents=True)
    return made


def edited(folder: Path, old: str, new: str) -> list[tuple[str, int | None]]:
    write_review(folder, REVIEW)
    path = folder / "review.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    review, faults = read_review(folder)
    assert review is None
    assert {fault.place.file for fault in faults} == {"policies/privacy/v2/review.toml"}
    return [(fault.code, fault.place.line) for fault in faults]


def line_of(folder: Path, words: str) -> int:
    text = (folder / "review.toml").read_text("utf-8")
    return text[: text.index(words)].count("\n") + 1


def test_a_review_is_read_back_as_it_was_written(folder: Path) -> None:
    write_review(folder, REVIEW)

    assert read_review(folder) == (REVIEW, ())


def test_an_empty_review_is_read_back_too(folder: Path) -> None:
    empty = Review(DIGEST, DIGEST, Grade.EDITORIAL, (), None, (), (), ())
    write_review(folder, empty)

    assert read_review(folder) == (empty, ())


def test_the_file_begins_with_words_for_people(folder: Path) -> None:
    write_review(folder, REVIEW)

    assert (folder / "review.toml").read_text("utf-8").startswith("# The review of this version")


def test_writing_twice_gives_the_same_bytes(folder: Path) -> None:
    write_review(folder, REVIEW)
    first = (folder / "review.toml").read_bytes()
    write_review(folder, REVIEW)

    assert (folder / "review.toml").read_bytes() == first


def test_without_a_file_there_is_no_review_and_no_fault(folder: Path) -> None:
    assert read_review(folder) == (None, ())


def test_a_fault_while_writing_keeps_the_old_review(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_review(folder, REVIEW)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_review(folder, replace(REVIEW, grade=Grade.EDITORIAL))

    assert read_review(folder) == (REVIEW, ())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('decision = "overridden"', 'decision = "ignored"', "review-value"),
        ('kind = "new-recipient"', 'kind = "new-recipent"', "review-value"),
        ('side = "new"', 'side = "left"', "review-value"),
        ('limb = "B"', 'limb = "C"', "review-value"),
        ("added = true", "added = 1", "review-type"),
        ('words = "advertising partners"', "words = 1", "review-type"),
        ('public_note = "They', 'publik_note = "They', "review-unknown"),
        ('grade = "material"', 'grade = "grave"', "review-value"),
        (f'old = "{DIGEST}"', 'old = "sha256:1"', "review-value"),
        ('name = "Ada Lovelace"', 'name = ""', "review-value"),
        ("at = 2027-01-05 09:30:00+00:00", "at = 2027-01-05 09:30:00", "review-type"),
        ("at = 2027-01-05 09:30:00+00:00", 'at = "yesterday"', "review-type"),
        ("[translations.zh-CN]", "[translations.zh_CN]", "review-value"),
        ('public_note = "They act', 'public_note = "They \\u202E act', "character-direction"),
        ('grade = "material"', "grade = material", "review-syntax"),
    ],
)
def test_what_is_wrong_is_told_on_its_line(folder: Path, old: str, new: str, code: str) -> None:
    told = edited(folder, old, new)

    assert (code, line_of(folder, new)) in told


def test_seen_must_be_pairs(folder: Path) -> None:
    write_review(folder, REVIEW)
    path = folder / "review.toml"
    path.write_text(path.read_text("utf-8").replace('["4.1.3", "sha', '["4.1.3", "x", "sha'), "utf-8")

    assert [fault.code for fault in read_review(folder)[1]] == ["review-type"]


def test_a_finding_decided_twice_is_an_error(folder: Path) -> None:
    write_review(folder, replace(REVIEW, decisions=(DECIDED, replace(DECIDED, decision=Decision.CONFIRMED))))

    review, (fault,) = read_review(folder)

    assert review is None
    assert fault.code == "review-twice"
    text = (folder / "review.toml").read_text("utf-8")
    assert fault.place.line == text[: text.rindex("[[finding]]")].count("\n") + 1


def test_a_review_written_by_hand_may_leave_out_what_is_empty(folder: Path) -> None:
    (folder / "review.toml").write_text(
        f'old = "{DIGEST}"\nnew = "{DIGEST}"\ngrade = "material"\n\n'
        f'[[finding]]\nclause = "2.1"\nkind = "new-purpose"\nquote = "{DIGEST}"\ndecision = "confirmed"\nby = "Ada"\n\n'
        '[[sign_off]]\nname = "Ada"\nat = 2027-01-05T10:30:00+01:00\n',
        "utf-8",
    )

    review, faults = read_review(folder)

    assert faults == ()
    assert review is not None
    assert review.decisions[0].limb is Limb.COLLECTION
    assert review.decisions[0].by == ("Ada",)
    assert review.sign_offs == (SignOff("Ada", "", datetime(2027, 1, 5, 9, 30, tzinfo=UTC)),)


def test_bytes_that_are_no_text_are_told(folder: Path) -> None:
    (folder / "review.toml").write_bytes(b"old = '\xff'\n")

    assert [(fault.code, fault.place.line) for fault in read_review(folder)[1]] == [("encoding-wrong", 1)]
