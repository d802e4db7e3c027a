from dataclasses import replace

from publisher.domain.change import Op
from publisher.reports import github
from tests.unit.reports.compared import FINDING, NEW, OLD, assessed, shown


def test_github_gets_one_command_a_line_with_its_place() -> None:
    seen = github(assessed(OLD, NEW, FINDING)).splitlines()
    assert seen[0].startswith("::warning file=new.md,line=3,title=Reworded 4.1 (4. Sharing)::We [-will-]{+may+}")
    assert "%0Aobligation-weakened" in seen[0]
    assert seen[1].startswith("::notice file=new.md,line=5,")
    assert len(seen) == 4


def test_github_points_to_the_old_file_for_what_is_gone_and_to_all_lines_of_a_clause() -> None:
    old = "1.1 We ask you first.\n\n1.2 Our accountants may see\nyour invoices once a year.\n"
    seen = github(assessed(old, "1.1 We ask you first.\n"))
    assert seen.startswith("::notice file=old.md,line=3,endLine=4,title=Removed 1.2::")


def test_github_tells_the_gravest_first() -> None:
    late = replace(FINDING, clause="4.2~2", quote="Auditors")
    seen = github(assessed(OLD, NEW, late)).splitlines()
    assert seen[0].startswith("::warning file=new.md,line=5,title=Added 4.2")


def test_github_commands_cannot_be_forged_by_a_text() -> None:
    seen = github(shown((Op.INSERT, "50% \n::error::x"), file="a,b:c.md\n::error::")).splitlines()
    assert seen[0] == "::notice file=a%2Cb%3Ac.md%0A%3A%3Aerror%3A%3A,line=7,title=Reworded::{+50%25 %0A::error::x+}"
    assert all(line.startswith(("::notice file=", "::warning file=")) for line in seen)
