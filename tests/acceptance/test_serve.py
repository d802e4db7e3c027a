"""The site and the API over real HTTP."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from publisher.workflow.tokens import token_key, token_of
from tests.acceptance.serving import Client, served
from tests.acceptance.workspaces import POLICY, SETTINGS, V2, Workbench


@pytest.fixture
def client(workbench: Workbench) -> Iterator[Client]:
    workbench.write("policies/privacy/policy.toml", POLICY.replace('["section-8"]', '["section-8", "pipl"]'))
    workbench.import_users(3)
    workbench.sign()
    workbench.run("publish")
    workbench.run("deliver")
    workbench.run("tick")
    with served(workbench) as found:
        yield found


def test_pages_are_those_of_the_build_zipped_tagged_and_guarded(client: Client) -> None:
    built = (client.bench.folder / "site/public/privacy/index.html").read_bytes()
    status, headers, body = client.ask("/privacy/")
    assert (status, body) == (200, built)
    assert headers["cache-control"] == "max-age=300"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    _, zipped, packed = client.ask("/privacy/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed) == built
    assert zipped["etag"] != headers["etag"]
    assert client.ask("/privacy/", headers={"If-None-Match": headers["etag"]})[0] == 304
    status, redirect, _ = client.ask("/privacy")
    assert (status, redirect["location"]) == (308, "/privacy/")
    assert client.ask("/privacy/", method="HEAD")[2] == b""
    assert client.ask("/../publisher.toml")[0] == 404
    assert client.ask("/%2e%2e/publisher.toml")[0] == 404
    assert client.ask("/.publisher-site.json")[0] == 404
    assert client.ask("/privacy/", body=b"x")[0] == 405
    assert client.json("/healthz") == (200, {"ok": True})


def test_another_method_is_told_which_there_are(client: Client) -> None:
    for path, allowed in {
        "/api/acknowledge": "GET, HEAD, POST",
        "/api/receipts": "POST",
        "/metrics": "GET, HEAD",
    }.items():
        status, headers, _ = client.ask(path, method="DELETE")
        assert (status, headers["allow"]) == (405, allowed)


def test_a_page_is_never_kept_past_the_next_versions_effect(client: Client) -> None:
    client.bench.now = datetime(2027, 1, 14, 15, 59, 0, tzinfo=UTC)
    assert client.ask("/privacy/")[1]["cache-control"] == "max-age=60"


def test_a_new_build_is_served_at_once(client: Client) -> None:
    client.bench.now = datetime(2027, 1, 15, tzinfo=UTC)
    client.ask("/privacy/")
    client.bench.run("tick")
    assert "Version 2" in client.ask("/privacy/")[2].decode()


def test_any_two_versions_are_compared_by_a_form_without_a_script(client: Client) -> None:
    built = (client.bench.folder / "site/public/privacy/history/en/index.html").read_text("utf-8")
    assert "<form" not in built
    status, headers, body = client.ask("/privacy/history/en/")
    assert status == 200
    assert "form-action 'self'" in headers["content-security-policy"]
    page = body.decode()
    assert '<form class="compare" method="get" action="/privacy/history/en/">' in page
    assert "form-action 'self'" in page
    assert page.count('<option value="v1"') == 2
    assert "<form" in client.ask("/privacy/history/zh-CN/")[2].decode()
    for asked in ("old=v1&new=v2", "old=v2&new=v1"):
        status, headers, _ = client.ask(f"/privacy/history/en/?{asked}")
        assert (status, headers["location"]) == (303, "/privacy/v1...v2/en/")
    assert client.ask("/privacy/v1...v2/en/")[0] == 200
    for asked in ("old=v1", "old=//evil.example&new=v2", "new=v2%0d%0aX:y&old=v1"):
        assert client.ask(f"/privacy/history/en/?{asked}")[0] == 200
    assert client.ask("/privacy/history/fr/")[0] == 404


def test_an_old_address_leads_to_its_page(workbench: Workbench) -> None:
    with (workbench.folder / "publisher.toml").open("a", encoding="utf-8") as toml:
        toml.write('\n[site.redirects]\n"/legal/privacy" = "/privacy/"\n"/旧" = "/privacy/zh-CN/"\n')
    workbench.run("build")
    with served(workbench) as client:
        for path, there in (
            ("/legal/privacy", "/privacy/"),
            ("/%E6%97%A7", "/privacy/zh-CN/"),
        ):
            status, headers, _ = client.ask(path)
            assert (status, headers["location"]) == (301, there)


def test_a_redirect_that_leads_nowhere_keeps_a_release_back(workbench: Workbench) -> None:
    with (workbench.folder / "publisher.toml").open("a", encoding="utf-8") as toml:
        toml.write('\n[site.redirects]\n"/legal" = "/imprint/"\n')
    workbench.import_users(3)
    workbench.sign()
    assert "'/legal' leads to '/imprint/', and there is no such page." in workbench.refused("publish")
    assert [event["version"] for event in workbench.ledger()] == ["v1"]


def test_a_banner_is_put_away_by_its_reader_alone(client: Client) -> None:
    mine, theirs = client.token("u00000"), client.token("u00001")
    status, headers, body = client.ask(f"/api/banners?user={mine}")
    assert (status, headers["cache-control"]) == (200, "private, no-store")
    assert [entry["id"] for entry in json.loads(body)] == ["privacy-v2-1"]
    assert client.json("/api/acknowledge", {"user": mine, "banner": "privacy-v2-1"}) == (200, {"ok": True})
    assert client.json(f"/api/banners?user={mine}") == (200, [])
    assert len(client.json(f"/api/banners?user={theirs}")[1]) == 1


def test_a_banners_script_may_ask_and_answer_at_one_address(client: Client) -> None:
    mine = f"/api/banners?user={client.token('u00000')}"
    assert [entry["id"] for entry in client.json(mine)[1]] == ["privacy-v2-1"]
    assert client.json(mine, {"banner": "privacy-v9-1"})[0] == 404
    assert client.json("/api/banners?user=nobody", {"banner": "privacy-v2-1"}) == (404, {"error": "not found"})
    assert client.json("/api/banners", {"banner": "privacy-v2-1"}) == (404, {"error": "not found"})
    assert client.json(mine, {"banner": "privacy-v2-1"}) == (200, {"ok": True})
    assert client.json(mine) == (200, [])


def test_other_origins_may_fetch_what_a_banner_is_made_of_and_nothing_of_a_reader(client: Client) -> None:
    for path in ("/banner.js", "/banner.css", "/banners.json"):
        status, headers, _ = client.ask(path, headers={"Origin": "https://shop.example"})
        assert (status, headers["access-control-allow-origin"]) == (200, "*")
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert int(headers["cache-control"].removeprefix("max-age=")) <= 300
        assert "access-control-allow-credentials" not in headers
    for path in (f"/api/banners?user={client.token('u00000')}", "/privacy/", "/api/acknowledge"):
        assert "access-control-allow-origin" not in client.ask(path, headers={"Origin": "https://shop.example"})[1]


def test_a_token_is_good_for_a_while(client: Client) -> None:
    mine = client.token("u00000")
    client.bench.now += timedelta(hours=23, minutes=59)
    assert client.json(f"/api/banners?user={mine}")[0] == 200
    client.bench.now += timedelta(minutes=1)
    assert client.json(f"/api/banners?user={mine}") == (404, {"error": "not found"})
    assert client.json("/api/acknowledge", {"user": mine, "banner": "privacy-v2-1"})[0] == 404


def test_the_key_of_tokens_is_changed_by_its_name(client: Client) -> None:
    bench = client.bench
    before, key = client.token("u00000"), bench.run("users", "key").strip()
    bench.write("publisher.toml", SETTINGS + '[secrets]\ntoken_keys = ["1", "2027-02"]\n')
    assert bench.run("users", "key").strip() != key
    after = client.token("u00000")
    for names, known in (('"1", "2027-02"', (200, 200)), ('"2027-02"', (404, 200))):
        bench.write("publisher.toml", SETTINGS + f"[secrets]\ntoken_keys = [{names}]\n")
        with served(bench) as anew:
            assert tuple(anew.json(f"/api/banners?user={token}")[0] for token in (before, after)) == known
    assert tuple(client.json(f"/api/banners?user={token}")[0] for token in (before, after)) == (200, 404)
    for wrong in ("", '""', '"1", "a b"'):
        bench.write("publisher.toml", SETTINGS + f"[secrets]\ntoken_keys = [{wrong}]\n")
        assert "no names of keys" in bench.refused("users", "key")


def test_all_who_are_not_known_get_the_same_answer(client: Client) -> None:
    guessed = [f"u{number:05}" for number in range(1000)]
    made_elsewhere = [token_of(b"x" * 32, name, expires=client.bench.now + timedelta(hours=1)) for name in guessed[:20]]
    key = token_key(bytes(32), "2")
    unknown = [token_of(key, name, expires=client.bench.now + timedelta(hours=1)) for name in guessed[:5]]
    tokens = [*guessed[::50], *made_elsewhere, *unknown, client.token("nobody"), ""]
    assert {client.ask(f"/api/banners?user={token}")[::2] for token in tokens} == {(404, b'{"error": "not found"}')}


def test_nobody_is_found_by_a_token_that_was_not_made_here(client: Client) -> None:
    tokens = ["", "u00000", "dTAwMDAw.AAAA", "dTAwMDAw." + "A" * 43, "%00", "\xff" * 10, "x" * 2000]
    bodies = {
        client.ask("/api/acknowledge", body={"user": user, "banner": "privacy-v2-1"})[2]
        for user in (*tokens, client.token("nobody"))
    }
    assert bodies == {b'{"error": "not found"}'}


def test_a_bad_body_is_refused_in_words(client: Client) -> None:
    for body in (b"", b"x" * 5000, b"[" * 2000, b"[]", b'{"user": 1}', b'{"user": "x"}', b'{"user": NaN}', b"\xff"):
        status, headers, content = client.ask("/api/acknowledge", body=body)
        assert status == 400, content
        assert "must be" in json.loads(content)["error"] or "needs" in json.loads(content)["error"]
        assert headers["cache-control"] == "private, no-store"


def test_consent_is_recorded_with_the_text_and_exported_with_whom_it_binds(client: Client) -> None:
    bench = client.bench
    digest = bench.ledger()[2]["texts"]["en"]
    asked = {"policy": "privacy", "version": "v2", "digest": digest}
    assert client.json("/api/acknowledge", {"user": client.token("u00000"), **asked, "answer": "accept"})[0] == 200
    assert client.json("/api/acknowledge", {"user": client.token("u00001"), **asked, "answer": "accept"})[0] == 200
    assert client.json("/api/acknowledge", {"user": client.token("u00001"), **asked, "answer": "decline"})[0] == 200
    wrong = {**asked, "digest": "sha256:" + "0" * 64, "answer": "accept", "user": client.token("u00002")}
    assert client.json("/api/acknowledge", wrong)[0] == 409
    assert client.json("/api/acknowledge", {**wrong, "policy": "nothing"})[0] == 409

    def exported(*more: str) -> list[tuple[str, str, bool]]:
        lines = bench.run("consent", "export", "privacy", "v2", "--format", "jsonl", *more).splitlines()
        return [(row["id"], row["answer"], row["bound"]) for row in map(json.loads, lines)]

    assert exported() == [
        ("u00000", "accepted", False),
        ("u00001", "declined", False),
        ("u00002", "none", False),
    ]
    bench.now = datetime(2027, 1, 20, tzinfo=UTC)
    bench.run("tick")
    assert exported("--only", "accepted") == [("u00000", "accepted", True)]
    assert [bound for _, _, bound in exported()] == [True, False, False]
    assert "\"'" not in bench.run("consent", "export", "privacy", "v2")


def test_any_two_versions_are_compared_where_no_build_wrote_the_page(client: Client) -> None:
    bench = client.bench
    bench.write_version("v3", {lang: text.replace("24", "36") for lang, text in V2.items()}, "2027-03-20")
    bench.sign("v3")
    bench.run("publish")
    bench.run("build", "--no-redlines")
    assert not (bench.folder / "site/public/privacy/v1...v3").exists()
    status, _, body = client.ask("/privacy/v1...v3/zh-CN/")
    assert status == 200
    assert "36" in body.decode()
    assert client.ask("/privacy/v1...v3/")[0] == 200
    for path in ("/privacy/v3...v1/", "/privacy/v1...v9/", "/nothing/v1...v2/", "/privacy/v1...v3/fr/"):
        assert client.ask(path)[0] == 404


def test_the_time_gate_leads_to_what_applied_and_never_to_what_does_not_apply_yet(client: Client) -> None:
    for asked, version in (("Thu, 01 Jan 2015 00:00:00 GMT", "v1"), ("Fri, 01 Jan 2100 00:00:00 GMT", "v1")):
        status, headers, _ = client.ask("/timegate/privacy", headers={"Accept-Datetime": asked})
        assert (status, headers["location"]) == (302, f"https://acme.example/privacy/{version}/")
    assert client.ask("/timegate/privacy", headers={"Accept-Datetime": "soon"})[0] == 400
    assert client.ask("/timegate/nothing")[0] == 404


def test_the_history_asks_for_a_day_and_leads_to_what_applied_then(client: Client) -> None:
    page = client.ask("/privacy/history/zh-CN/")[2].decode()
    assert 'action="/timegate/privacy"' in page
    for day, language, there in (
        ("2026-11-30", "zh-CN", "v1/zh-CN/"),
        ("1999-01-01", "en", "v1/en/"),
        ("9999-12-31", "", "v1/"),
    ):
        status, headers, _ = client.ask(f"/timegate/privacy?on={day}&language={language}")
        assert (status, headers["location"]) == (302, f"https://acme.example/privacy/{there}")
    for wrong in ("", "soon", "2026-13-01", "0000-00-00"):
        assert client.ask(f"/timegate/privacy?on={wrong}")[0] == 400


def test_the_command_serves_and_ticks(workbench: Workbench) -> None:
    import subprocess
    import sys

    workbench.import_users(1)
    workbench.run("build")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "serve", "--port", str(port)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        client = Client(workbench, port)
        for _ in range(1200):
            try:
                status = client.ask("/healthz")[0]
                break
            except OSError:
                time.sleep(0.1)
        assert status == 200
        assert b"Privacy Policy" in client.ask("/privacy/")[2]
    finally:
        process.terminate()
        _, errors = process.communicate()
    assert "Traceback" not in errors
