"""Whether what was sent of an incident still stands in its folder as the store has it."""

import shutil

from publisher.domain.digest import digest_of
from tests.acceptance.statements_said import INCIDENT, listing, written
from tests.acceptance.workspaces import Workbench


def test_verify_compares_the_folder_of_a_notice_with_the_store(workbench: Workbench) -> None:
    workbench.import_users(2)
    users = listing(workbench.folder, "u00001")
    said = ("notice", "send", "incident", written(workbench.folder, INCIDENT), "--users", users)
    workbench.run(*said, "--by", "Ada", "--by", "Ben", "--yes")
    workbench.run("verify")
    folder = workbench.folder / "policies/privacy/notices/privacy-incident-1"
    record, text = folder / "notice.toml", folder / "en.md"
    whole, words = record.read_text("utf-8"), text.read_text("utf-8")
    record.write_text(whole.replace('"Ben"', '"Bob"'), "utf-8")
    assert "notice.toml does not say what the store says of privacy-incident-1." in workbench.refused("verify")
    other = words.replace("by mistake", "on purpose")
    text.write_text(other, "utf-8")
    record.write_text(whole.replace(digest_of(words), digest_of(other)), "utf-8")
    told = workbench.refused("verify")
    assert "This is not the text of privacy-incident-1 that was sent in en." in told
    assert "notices/privacy-incident-1/en.md" in told
    shutil.rmtree(folder)
    assert "privacy-incident-1 was sent, and its folder is missing." in workbench.refused("verify")
    workbench.run("tick")
    workbench.run("verify")
    shutil.copytree(folder, folder.with_name("privacy-incident-2"))
    assert "privacy-incident-2 is in the folder, and the store did not send it." in workbench.refused("verify")
