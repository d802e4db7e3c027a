"""Where personal data lies, as the README's map says: looked for byte by byte in everything that the commands leave."""

from tests.acceptance.workspaces import Workbench

CANARY = "canary.7f3a@example.com"
NAME = "Kanarienvogel"
MAILBOX = "var/mail"


def _holding(bench: Workbench, word: str) -> list[str]:
    """The files of the workspace that hold a word, sent mails left out."""
    return sorted(
        str(path.relative_to(bench.folder))
        for path in bench.folder.rglob("*")
        if path.is_file() and not path.is_relative_to(bench.folder / MAILBOX) and word.encode() in path.read_bytes()
    )


def _said(bench: Workbench) -> str:
    """A release from review to delivery; everything that was printed."""
    review = ("review", "privacy", "v2", "--accept-all", "--by", "Ada", "--note", "read")
    commands = (review, ("publish", "--dry-run"), ("publish",), ("deliver",), ("tick",), ("status",), ("verify",))
    return "".join(bench.run(*command) for command in commands)


def test_an_address_lies_in_one_table_and_in_no_output(workbench: Workbench) -> None:
    file = workbench.write("users.csv", f"id,email,name,language,joined\nu1,{CANARY},{NAME},en,2024-01-01\n")
    workbench.run("users", "import", str(file))
    file.unlink()

    said = _said(workbench)

    assert CANARY not in said
    assert NAME not in said
    assert {name.partition("-")[0] for name in _holding(workbench, CANARY)} == {"var/publisher.db"}
    assert {name.partition("-")[0] for name in _holding(workbench, NAME)} == {"var/publisher.db"}


def test_erasing_leaves_no_byte_of_an_address(workbench: Workbench) -> None:
    file = workbench.write("users.csv", f"id,email,name,language,joined\nu1,{CANARY},{NAME},en,2024-01-01\n")
    workbench.run("users", "import", str(file))
    file.unlink()
    _said(workbench)
    counted = workbench.state_of("v2")["messages"]

    workbench.run("users", "erase", "u1")

    assert _holding(workbench, CANARY) == []
    assert _holding(workbench, NAME) == []
    assert workbench.state_of("v2")["messages"] == counted
