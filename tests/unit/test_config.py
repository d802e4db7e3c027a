"""Settings: file and environment, every fault at once, with its line."""

from datetime import timedelta
from pathlib import Path

import pytest

from publisher.config import Settings, find_workspace, read_settings
from publisher.errors import Place, PublisherError


def written(folder: Path, text: str) -> Path:
    (folder / "publisher.toml").write_text(text, "utf-8")
    return folder


def faults(folder: Path, text: str, **environment: str) -> list[tuple[str, int | None]]:
    with pytest.raises(PublisherError) as caught:
        read_settings(written(folder, text), environment)
    return [(fault.code, fault.place.line) for fault in caught.value.faults]


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, ""), {})
    assert settings == Settings(tmp_path)
    assert settings.store_url == f"sqlite:///{tmp_path}/var/publisher.db"
    assert settings.output == tmp_path / "site/public"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    environment = {
        "PUBLISHER_EMAIL__TRANSPORT": "smtp://127.0.0.1:2525?tls=off",
        "PUBLISHER_EMAIL__FROM": "A <a@example.com>",
        "PUBLISHER_EMAIL__CONNECTIONS": "9",
        "PUBLISHER_SITE__HOMEPAGE": "https://a.example/ https://b.example/",
    }
    settings = read_settings(written(tmp_path, '[email]\ntransport = "maildir:x"\nconnections = 2\n'), environment)
    assert settings.email.transport == "smtp://127.0.0.1:2525?tls=off"
    assert settings.email.sender == "A <a@example.com>"
    assert settings.email.connections == 9
    assert settings.site.homepage == ("https://a.example/", "https://b.example/")


@pytest.mark.parametrize(("written_as", "meant"), [("true", True), ("false", False)])
def test_a_switch_is_read_from_the_environment(tmp_path: Path, written_as: str, meant: bool) -> None:
    environment = {"PUBLISHER_EMAIL__SEND_ADDRESSES": written_as}
    assert read_settings(written(tmp_path, ""), environment).email.send_addresses is meant
    assert faults(tmp_path, "", PUBLISHER_EMAIL__SEND_ADDRESSES="yes") == [("settings-type", None)]
    assert faults(tmp_path, '[email]\nsend_addresses = "true"\n') == [("settings-type", 2)]


def test_mails_go_by_ids_where_a_provider_gets_no_addresses(tmp_path: Path) -> None:
    handed = '[email]\ntransport = "handoff:out"\n'
    assert read_settings(written(tmp_path, handed), {}).by_id
    assert not read_settings(written(tmp_path, handed + "send_addresses = true\n"), {}).by_id
    assert not read_settings(written(tmp_path, ""), {}).by_id


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = '[site]\nnam = "x"\nname = 3\n\n[mail]\n[email]\nconnections = "four"\n'
    assert sorted(faults(tmp_path, text)) == [
        ("settings-type", 3),
        ("settings-type", 7),
        ("settings-unknown", 2),
        ("settings-unknown", 5),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[site]\nbase_url = "example.com"\n', 2),
        ('[serve]\norigins = ["*"]\n', 2),
        ('[serve]\ncalls = 5\norigins = ["https://www.example.com", "https://www.example.com/"]\n', 3),
        ('[email]\nfrom = "nobody"\n', 2),
        ('[email]\ncopy = "all"\n', 2),
        ('[email]\nbounces = "Bounces <bounce@example.com>"\n', 2),
        ('[email]\nbounces = "an-address-of-24-letters@example.com"\n', 2),
        ('[email]\nin_doubt = "forget"\n', 2),
        ('[email]\ntransport = "pigeon:x"\n', 2),
        ('[email]\ntransport = "handoff:https://a.example/"\n', 1),
        ('[email]\nprovider = "pigeon"\ntransport = "handoff:out"\n', 2),
        ('[email]\nprovider = "mailgun"\nsend_addresses = true\ntransport = "handoff:out"\n', 2),
        (
            '[email]\nsend_addresses = false\nprovider = "mailgun"\nsecret = "k"\ntransport = "handoff:https://a.example"\n',
            2,
        ),
        ("[email]\nconnections = 0\n", 2),
    ],
)
def test_a_value_that_cannot_work_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert faults(tmp_path, text) == [("settings-value", line)]


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    assert faults(tmp_path, "[site\n") == [("settings-syntax", 1)]


def test_an_unknown_variable_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path, "", PUBLISHER_EMAIL__TRANSPROT="x") == [("settings-unknown", None)]


def test_the_workspace_is_found_upward(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    written(tmp_path, "")
    assert find_workspace(below) == tmp_path.resolve()


def test_a_careful_start_is_off_unless_it_is_asked_for(tmp_path: Path) -> None:
    delivery = read_settings(written(tmp_path, ""), {}).delivery
    assert (delivery.wait, delivery.first_of(1000), delivery.seeds) == (timedelta(), None, ())


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30 min", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("1 hour", timedelta(hours=1)),
        ("2 days", timedelta(2)),
    ],
)
def test_a_delay_is_a_number_and_a_unit(tmp_path: Path, text: str, length: timedelta) -> None:
    assert read_settings(written(tmp_path, f'[delivery]\ndelay = "{text}"\n'), {}).delivery.wait == length


@pytest.mark.parametrize(
    ("value", "mails", "go"),
    [('"1%"', 1000, 10), ('"0.5%"', 1001, 6), ("25", 1000, 25), ('"25"', 10, 25), ('"100%"', 3, 3), ('"1%"', 1, 1)],
)
def test_the_first_mails_are_a_number_or_a_share_rounded_up(tmp_path: Path, value: str, mails: int, go: int) -> None:
    delivery = read_settings(written(tmp_path, f"[delivery]\nfirst = {value}\n"), {}).delivery
    assert delivery.first_of(mails) == go


@pytest.mark.parametrize(
    "line",
    [
        'delay = "soon"',
        'delay = "30"',
        'delay = "-1 h"',
        'first = "0"',
        'first = "0%"',
        'first = "101%"',
        'first = "a few"',
        "first = -5",
        'seeds = ["legal"]',
        'seeds = ["Legal <legal@example.com>"]',
    ],
)
def test_a_careful_start_that_cannot_be_is_a_fault_with_its_line(tmp_path: Path, line: str) -> None:
    assert faults(tmp_path, f"[delivery]\n{line}\n") == [("settings-value", 2)]


def test_receipts_are_kept_for_good_or_for_a_length_of_time(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, ""), {}).store.keep is None
    kept = read_settings(written(tmp_path, '[store]\nkeep_receipts = "400 days"\n'), {}).store.keep
    assert kept == timedelta(days=400)


@pytest.mark.parametrize("text", ["ever", "400", "0 days"])
def test_no_length_of_time_to_keep_receipts_is_told_with_line_and_remedy(tmp_path: Path, text: str) -> None:
    with pytest.raises(PublisherError) as caught:
        read_settings(written(tmp_path, f'[store]\nkeep_receipts = "{text}"\n'), {})
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("settings-value", Place("publisher.toml", 2))
    assert "400 days" in fault.remedy


def test_redirects_are_a_table_of_paths(tmp_path: Path) -> None:
    text = (
        '[site]\nname = "A"\n[site.redirects]\n"/legal/privacy.html" = "/privacy/"\n"/隐私" = "/privacy/zh-CN/#4.1"\n'
    )
    settings = read_settings(written(tmp_path, text), {})
    assert settings.site.redirects == {"/legal/privacy.html": "/privacy/", "/隐私": "/privacy/zh-CN/#4.1"}


@pytest.mark.parametrize(
    "line",
    [
        '"/a" = "https://evil.example/"',
        '"/a" = "//evil.example/"',
        '"/a" = "/\\\\evil.example"',
        '"/a" = "/b\\n"',
        '"/a" = "privacy/"',
        '"/a" = "/privacy/?x=1"',
        '"/a" = "/../privacy/"',
        '"/a" = "/%2e%2e/"',
        '"/a" = ""',
        '"https://old.example/a" = "/privacy/"',
        '"//old.example" = "/privacy/"',
        '"/" = "/privacy/"',
        '"/a?id=1" = "/privacy/"',
        '"/a#b" = "/privacy/"',
        '"/.hidden" = "/privacy/"',
        '"/a/./b" = "/privacy/"',
        '"/a$b" = "/privacy/"',
        '"/a" = "/a"',
    ],
)
def test_a_redirect_that_leads_elsewhere_or_nowhere_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    text = f'[site]\nname = "A"\n[site.redirects]\n"/fine" = "/privacy/"\n{line}\n'
    assert faults(tmp_path, text) == [("settings-value", 5)]


def test_a_redirect_to_a_redirect_and_one_in_brackets_are_told(tmp_path: Path) -> None:
    text = '[site]\nname = "A"\nredirects = { "/a" = "/b", "/b" = "/privacy/" }\n'
    assert faults(tmp_path, text) == [("settings-value", 3)]
    assert faults(tmp_path, '[site]\nredirects = ["/a"]\n') == [("settings-type", 2)]
    assert faults(tmp_path, '[site.redirects]\n"/a" = 1\n') == [("settings-type", 1)]
    assert faults(tmp_path, "", PUBLISHER_SITE__REDIRECTS="/a=/b") == [("settings-type", None)]
