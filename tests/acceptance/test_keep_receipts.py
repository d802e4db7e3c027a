"""Receipts of a version that was followed become counts, and later mails say what they would have said."""

from datetime import UTC, datetime

from sqlalchemy import create_engine, text

from tests.acceptance.test_cumulative import V3, texts
from tests.acceptance.workspaces import Workbench

V4 = {language: words.replace("36", "48") for language, words in V3.items()}


def ask(bench: Workbench, query: str, **values: str) -> list[str]:
    engine = create_engine(f"sqlite:///{bench.folder}/var/publisher.db")
    with engine.begin() as connection:
        result = connection.execute(text(query), values)
        found = [str(entry) for entry in result.scalars()] if result.returns_rows else []
    engine.dispose()
    return found


def released(bench: Workbench, version: str, words: dict[str, str], at: datetime) -> None:
    bench.now = at
    bench.write_version(version, words, '"+45 days"')
    bench.sign(version)
    bench.run("publish")
    bench.run("deliver")


def test_receipts_become_counts_and_a_later_release_tells_everyone_rightly(workbench: Workbench) -> None:
    workbench.import_users(6)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.now = datetime(2027, 2, 1, tzinfo=UTC)
    workbench.run("tick")
    released(workbench, "v3", dict(V3), datetime(2027, 2, 1, tzinfo=UTC))
    (missed,) = ask(workbench, "SELECT recipient FROM outbox WHERE notice LIKE '%v3%' ORDER BY recipient LIMIT 1")
    ask(workbench, "UPDATE outbox SET state = 'refused' WHERE notice LIKE '%v3%' AND recipient = :key", key=missed)
    settings = workbench.folder / "publisher.toml"
    written = settings.read_text("utf-8")
    workbench.now = datetime(2027, 6, 1, tzinfo=UTC)
    workbench.run("tick")
    assert workbench.state_of("v2")["state"] == "superseded"
    workbench.now = datetime(2028, 9, 1, tzinfo=UTC)
    assert "reduced" not in workbench.run("tick")
    before = workbench.json("status", "--json")
    settings.write_text(written + '[store]\nkeep_receipts = "400 days"\n', "utf-8")
    assert "5 receipts reduced to counts." in workbench.run("tick")
    assert workbench.json("status", "--json") == before
    assert ask(workbench, "SELECT recipient FROM outbox WHERE notice LIKE '%v2%'") == [missed]
    assert ask(workbench, "SELECT sum(count) FROM receipt") == ["5"]
    assert "reduced" not in workbench.run("tick")
    workbench.run("verify")
    released(workbench, "v4", V4, datetime(2028, 9, 2, tzinfo=UTC))
    (address,) = ask(workbench, "SELECT email FROM users WHERE recipient = :key", key=missed)
    found = texts(workbench)
    assert len(found) == 6
    links = {
        name: "v2...v4" if "v2...v4" in mails[-1] else "v3...v4" if "v3...v4" in mails[-1] else ""
        for name, mails in found.items()
    }
    assert links == {name: "v2...v4" if name == address else "v3...v4" for name in found}
