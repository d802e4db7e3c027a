"""publisher.assess as its callers know it."""

import subprocess
import sys

import pytest

import publisher
from publisher.assessing import assess_trees
from publisher.domain.change import ChangeKind, Grade
from publisher.domain.digest import digest_of
from publisher.parse import parse

OLD = "---\neffective: 2026-01-01\n---\n# Policy\n\n1.1 We will notify you.\n\n1.2 We collect your name.\n"
NEW = "---\neffective: 2027-01-01\n---\n# Policy\n\n1.1 We may notify you.\n\n1.2 We collect your name!\n"


def test_the_package_hands_it_on() -> None:
    assert publisher.assess("We share.", "We share.").grade == "editorial"


def test_a_change_with_a_finding_is_material_and_the_others_are_not() -> None:
    assessment = publisher.assess(OLD, NEW)
    assert assessment.material
    assert {change.id: change.grade for change in assessment.changes} == {
        "1.1": Grade.MATERIAL,
        "1.2": Grade.CLARIFICATION,
    }


def test_a_finding_in_the_old_text_makes_the_removed_clause_material() -> None:
    (change,) = publisher.assess("1.1 We never sell data.\n\n1.2 Hello.", "1.2 Hello.").changes
    assert (change.kind, change.grade) == (ChangeKind.REMOVED, Grade.MATERIAL)


def test_front_matter_is_no_clause() -> None:
    assessment = publisher.assess("---\na: 1\n---\nWe share data.\n", "---\na: 2\n---\nWe share data.\n")
    assert assessment.changes == ()
    assert assessment.old_digest != assessment.new_digest


def test_digests_are_of_the_sources_with_plain_line_ends() -> None:
    assert publisher.assess("\ufeffA.\r\n", "B.\n").old_digest == digest_of("A.\n")


def test_a_clause_that_moved_is_found_under_the_id_it_had() -> None:
    old = "## Use\n\n### Mail\n\nWe will notify you.\n\n## Rest\n\nHello there, reader.\n"
    new = "## Rest\n\nHello there, reader.\n\n## Use\n\n### Mail\n\nWe may notify you.\n"
    (finding,) = publisher.assess(old, new).findings
    assert finding.clause in parse(old, "en").by_id()


def test_trees_with_the_ledgers_ids_are_taken_as_they_are() -> None:
    old, new = parse("1.1 We will notify you.", "en"), parse("1.1 We may notify you.", "en")
    assessment = assess_trees(old, new, old_digest="a", new_digest="b", identified=True)
    assert [finding.clause for finding in assessment.findings] == ["1.1"]
    assert (assessment.old_digest, assessment.new_digest) == ("a", "b")


@pytest.mark.parametrize("text", ["", "---", "\udcff", "\x00", "| a |\n|--|\n", "第", "[", "﻿"])
@pytest.mark.parametrize("language", ["en", "zh-CN", "de", ""])
def test_no_text_and_no_language_makes_it_raise(text: str, language: str) -> None:
    publisher.assess(text, text + "We may sell.", language)
    publisher.assess("We never sell. " + text, text, language)


def test_it_loads_nothing_heavy() -> None:
    heavy = "deepdiff jinja2 sqlalchemy alembic babel rich click".split()
    program = f"""
import sys, publisher
publisher.assess('We share.', 'We sell.')
print([name for name in {heavy} if name in sys.modules])
"""
    seen = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"
