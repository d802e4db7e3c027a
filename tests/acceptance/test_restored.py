"""A store restored from an older backup, or lost: nobody is mailed twice, and nobody told is left untold."""

import shutil
from pathlib import Path

import pytest

from tests.acceptance.workspaces import Workbench

ADOPT = ("adopt", "--by", "Ada", "--reason", "The disk failed.")
WHO = ("--by", "Ada", "--reason", "More time.")


@pytest.fixture
def announced(workbench: Workbench) -> Workbench:
    """v2 is announced to ten people, of whom nobody has a mail; a backup of the store lies beside it."""
    workbench.import_users(10)
    workbench.sign()
    workbench.run("publish")
    shutil.copy(workbench.folder / "var/publisher.db", workbench.folder / "backup.db")
    return workbench


def mails(bench: Workbench) -> int:
    return len(list((bench.folder / "var/mail/new").iterdir()))


def restore(bench: Workbench) -> Path:
    for end in ("-wal", "-shm"):
        (bench.folder / f"var/publisher.db{end}").unlink(missing_ok=True)
    return Path(shutil.copy(bench.folder / "backup.db", bench.folder / "var/publisher.db"))


def test_a_store_that_forgot_a_delivery_sends_nothing_until_somebody_decides(announced: Workbench) -> None:
    bench = announced
    bench.run("deliver")
    restore(bench)
    for command in (("deliver",), ("publish",), ("tick",), ("postpone", "privacy", "v2", "--to", "2027-03-01", *WHO)):
        assert "restored from an older backup" in bench.refused(*command)
    bench.run(*ADOPT)
    assert bench.ledger()[-1]["kind"] == "store"
    assert bench.ledger()[-1]["reason"] == "The disk failed."
    assert bench.json("deliver")["accepted"] == 0
    assert bench.state_of("v2")["messages"]["in-doubt"] == 10
    assert mails(bench) == 10
    bench.run("publish")
    bench.run("postpone", "privacy", "v2", "--to", "2027-03-01", *WHO)
    bench.run("deliver")
    assert mails(bench) == 20
    assert "agree" in bench.run("verify")


def test_a_backup_from_before_any_delivery_may_go_on(announced: Workbench) -> None:
    restore(announced)
    assert announced.json("deliver")["accepted"] == 10


def test_a_store_older_than_the_ledger_delivers_nothing(announced: Workbench) -> None:
    announced.run("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "No more.")
    restore(announced)
    assert "tell different stories" in announced.refused("deliver")
    assert not (announced.folder / "var/mail").exists()


def test_after_a_store_is_lost_everybody_may_have_been_told(announced: Workbench) -> None:
    bench = announced
    bench.run("deliver")
    shutil.rmtree(bench.folder / "var")
    bench.import_users(10)
    assert "another store" in bench.refused("publish")
    assert "does not hold the notice privacy-v2-1 of privacy v2" in bench.run(*ADOPT)
    done = bench.json("withdraw", "privacy", "v2", "--by", "Ada", "--reason", "No more.")
    assert done["queued"] == 10
