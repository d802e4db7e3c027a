"""Files for a server, checked by the programs that will read them where these are installed."""

import configparser
import json
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from publisher import __version__
from tests.acceptance.workspaces import Workbench

if TYPE_CHECKING:
    from email.message import Message

ON_POSTGRESQL = {"PUBLISHER_STORE__URL": "postgresql+psycopg://publisher@db/publisher"}


def _written(bench: Workbench, kind: str) -> dict[str, str]:
    folder = bench.folder / "written"
    bench.run("hosting", kind, "--into", str(folder), "--user", "daemon", "--workers", "3")
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def _unit(text: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(text)
    return read


def test_on_one_machine_timers_send_and_tick(workbench: Workbench) -> None:
    files = _written(workbench, "systemd")
    assert sorted(files) == [
        "publisher-deliver.service",
        "publisher-deliver.timer",
        "publisher-serve.service",
        "publisher-tick.service",
        "publisher-tick.timer",
    ]
    for name in ("deliver", "tick"):
        unit = _unit(files[f"publisher-{name}.service"])["Service"]
        program, *words = shlex.split(unit["ExecStart"])
        assert words == ["-C", str(workbench.folder), name]
        assert Path(program).is_absolute()
        assert (unit["User"], unit["Type"]) == ("daemon", "oneshot")
        assert _unit(files[f"publisher-{name}.timer"])["Timer"]["OnCalendar"] == "*:0/5"


def test_with_a_store_that_many_machines_share_workers_take_the_timers_place(workbench: Workbench) -> None:
    bench = Workbench(workbench.folder, workbench.now, ON_POSTGRESQL)
    files = _written(bench, "systemd")
    assert sorted(files) == ["publisher-serve.service", "publisher-worker@.service", "publisher.target"]
    assert files["publisher.target"].count("Wants=publisher-worker@") == 3
    assert "PartOf=publisher.target" in files["publisher-worker@.service"]  # stopped and restarted with it
    assert "PartOf" not in files["publisher-serve.service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("environment", [{}, ON_POSTGRESQL], ids=["sqlite", "postgresql"])
def test_systemd_takes_the_units(workbench: Workbench, environment: dict[str, str]) -> None:
    files = _written(Workbench(workbench.folder, workbench.now, environment), "systemd")
    names = [name.replace("@.", "@1.") for name in files]
    folder = workbench.folder / "written"
    for name in files:
        if "@." in name:
            shutil.copy(folder / name, folder / name.replace("@.", "@1."))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(folder / name) for name in names)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_containers_share_one_database_and_one_workspace(workbench: Workbench) -> None:
    files = _written(workbench, "compose")
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert set(services) == {"db", "worker", "web"}
    assert services["worker"]["deploy"]["replicas"] == 3
    for name in ("worker", "web"):
        assert services[name]["environment"]["PUBLISHER_STORE__URL"].endswith("@db/publisher")
        assert services[name]["volumes"] == [f"${{WORKSPACE:-{workbench.folder}}}:/srv/policies"]
    assert files["Dockerfile"].startswith("FROM python:3")


def test_an_image_installs_the_package_that_is_named(workbench: Workbench, tmp_path: Path) -> None:
    wheel = tmp_path / "policy_publisher-9.1-py3-none-any.whl"
    wheel.write_bytes(b"as built")
    for number, (named, line) in enumerate(
        (
            ((), f"RUN pip install --no-cache-dir 'policy-publisher[postgres,serve]=={__version__}' "),
            (("--package", "policy-publisher==9.1"), "'policy-publisher[postgres,serve]==9.1'"),
            (("--package", str(wheel)), f"COPY {wheel.name} /tmp/\nRUN pip install --no-cache-dir '/tmp/{wheel.name}["),
            (
                ("--package", "git+https://git.example/publisher@v1"),
                "'policy-publisher[postgres,serve] @ git+https://git.example/publisher@v1'",
            ),
        )
    ):
        folder = tmp_path / str(number)
        workbench.run("hosting", "compose", "--into", str(folder), *named)
        image = (folder / "Dockerfile").read_text("utf-8")
        assert line in image
        assert ("install -y --no-install-recommends git" in image) == ("git+" in "".join(named))
        sent = (folder / ".dockerignore").read_text("utf-8").splitlines()
        assert sent == ["*", *([f"!{wheel.name}"] if wheel.name in image else [])]
    assert (tmp_path / "2" / wheel.name).read_bytes() == b"as built"


@pytest.mark.parametrize("named", ["other==1", "policy-publisher", "missing.whl", "git+https://x'; true"])
def test_what_is_no_package_of_ours_is_refused(workbench: Workbench, named: str) -> None:
    said = workbench.refused("hosting", "compose", "--package", named)
    assert ("is no wheel" if named.endswith(".whl") else "is neither policy-publisher==VERSION") in said
    assert workbench.invoke("hosting", "cron", "--package", "policy-publisher==1").exit_code == 2


def test_programs_run_as_who_owns_the_workspace_and_never_as_root_unasked(workbench: Workbench) -> None:
    owner = workbench.folder.stat().st_uid
    name = pwd.getpwuid(owner).pw_name if owner else "publisher"
    said = workbench.invoke("hosting", "systemd")
    assert f"User={name}\n" in said.stdout
    assert f"It runs as {name}" in said.stderr
    with_it = workbench.invoke("hosting", "systemd", "--user", "nobody-at-all")
    assert "useradd --system nobody-at-all && chown -R nobody-at-all: " in with_it.stderr


def test_units_may_write_where_the_settings_lead(workbench: Workbench, tmp_path: Path) -> None:
    elsewhere = Workbench(
        workbench.folder,
        workbench.now,
        {
            "PUBLISHER_SITE__OUTPUT": f"{tmp_path}/www/policies",
            "PUBLISHER_STORE__URL": f"sqlite:///{tmp_path}/data/store.db",
            "PUBLISHER_EMAIL__TRANSPORT": f"maildir:{tmp_path}/mail",
        },
    )
    unit = _unit(_written(elsewhere, "systemd")["publisher-tick.service"])["Service"]
    assert unit["ReadWritePaths"].split() == [
        str(workbench.folder),
        *(f"{tmp_path}/{it}" for it in ("data", "mail", "www")),
    ]


def test_a_file_that_says_something_else_is_left_alone(workbench: Workbench) -> None:
    folder = workbench.folder / "written"
    workbench.run("hosting", "cron", "--into", str(folder))
    workbench.run("hosting", "cron", "--into", str(folder))
    (folder / "publisher.crontab").write_text("mine\n", "utf-8")
    assert "says something else" in workbench.refused("hosting", "cron", "--into", str(folder))
    assert (folder / "publisher.crontab").read_text("utf-8") == "mine\n"
    assert "deliver" in workbench.run("hosting", "cron")


def test_a_path_that_such_files_would_read_otherwise_is_refused(tmp_path: Path) -> None:
    bench = Workbench.made(tmp_path / "my policies; true")
    assert "would read otherwise" in bench.refused("hosting", "cron")


@contextmanager
def _nginx(bench: Workbench) -> Iterator[str]:
    include = bench.folder / "written" / "publisher.nginx.conf"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    here = bench.folder / "nginx"
    here.mkdir()
    temporary = "".join(
        f"{name}_temp_path {here}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (here / "nginx.conf").write_text(
        f"user root; daemon off; pid {here}/pid; error_log stderr; events {{}} http {{ access_log off; {temporary}"
        f" server {{ listen 127.0.0.1:{port}; include {include}; }} }}",
        "utf-8",
    )
    program = shutil.which("nginx")
    assert program is not None
    running = subprocess.Popen([program, "-p", str(here), "-c", str(here / "nginx.conf")])
    try:
        for _ in range(6000):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def _got(address: str) -> "tuple[int, Message[str, str], bytes]":
    try:
        with urllib.request.urlopen(address) as answer:  # noqa: S310  our own server
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_serves_the_site_as_it_was_built(workbench: Workbench) -> None:
    workbench.run("build")
    _written(workbench, "nginx")
    site = workbench.folder / "site/public"
    with _nginx(workbench) as base:
        for path, kind in (
            ("/", "text/html; charset=utf-8"),
            ("/privacy/v1/", "text/html; charset=utf-8"),
            ("/privacy/feed.atom", "application/atom+xml; charset=utf-8"),
            ("/privacy/calendar.ics", "text/calendar; charset=utf-8"),
            ("/timemap/privacy", "application/link-format"),
            ("/banners.json", "application/json; charset=utf-8"),
        ):
            status, headers, body = _got(base + path)
            assert (status, headers["Content-Type"]) == (200, kind), path
            assert body == (site / (path[1:] + ("index.html" if path.endswith("/") else ""))).read_bytes()
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert headers.get_all("Cache-Control") == ["max-age=300"]
        assert json.loads(_got(base + "/banners.json")[2]) == []
        assert _got(base + "/banners.json")[1]["Access-Control-Allow-Origin"] == "*"
        static = next(path.name for path in (site / "static").iterdir() if path.suffix == ".css")
        assert "immutable" in _got(f"{base}/static/{static}")[1]["Cache-Control"]
        assert _got(f"{base}/static/{static}")[1]["Content-Type"] == "text/css; charset=utf-8"
        for hidden in ("/.publisher-site.json", "/_headers", "/privacy/nothing/"):
            assert _got(base + hidden)[0] == 404, hidden
        assert _got(base + "/privacy/nothing/")[2] == (site / "404.html").read_bytes()


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_behind_nginx_the_time_map_is_the_served_one_and_the_built_one_while_nothing_is_served(
    workbench: Workbench,
) -> None:
    workbench.run("build")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    workbench.run("hosting", "nginx", "--into", str(workbench.folder / "written"), "--port", str(port))
    command = [sys.executable, "-m", "publisher", "-C", str(workbench.folder), "serve", "--no-tick"]
    with _nginx(workbench) as base:
        built = _got(base + "/timemap/privacy")[2]
        assert b"timegate" not in built
        assert _got(base + "/timemap/nothing")[0] == 404
        assert _got(base + "/.files/timemap/privacy")[0] == 404
        assert _got(base + "/.files/privacy/history/")[0] == 404
        history = _got(base + "/privacy/history/en/")
        assert (history[0], history[1]["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert history[1].get_all("Cache-Control") == ["max-age=300"]
        assert b"<form" not in history[2]
        assert _got(base + "/privacy/v1...v9/")[0] == 404
        serving = subprocess.Popen([*command, "--port", str(port)])
        try:
            for _ in range(2400):
                status, headers, served = _got(base + "/timemap/privacy")
                if served != built:
                    break
                time.sleep(0.05)
            assert (status, headers["Content-Type"]) == (200, "application/link-format")
            assert b'/timegate/privacy>;rel="timegate"' in served
            assert headers.get_all("Cache-Control") == ["max-age=300"]
            assert _got(base + "/timemap/nothing")[0] == 404
            assert b"<form" in _got(base + "/privacy/history/en/")[2]
            assert _got(base + "/privacy/v1...v9/")[0] == 404
        finally:
            serving.terminate()
            serving.wait()
