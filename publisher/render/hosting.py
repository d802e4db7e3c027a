"""Files for a server: systemd units, nginx, a crontab, containers, a scheduled workflow. Values in, text out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from publisher.render.headers import ALWAYS, IMMUTABLE, LONGEST_CACHE, SHARED, TIME_MAP, TO_ANYBODY, TYPES

MINUTES = 5
"""Between two runs of a timer: a static site shows a version at most so late."""


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that files are written for.

    Attributes:
        program: the installed command, its whole path.
        workspace: the workspace's folder, its whole path.
        output: the website's folder, its whole path.
        base_url: the website's address.
        user: as whom the programs run.
        shared: whether the store can be shared by many machines, which makes workers of senders.
        port: where `publisher serve` listens on this machine.
        workers: how many workers run here.
    """

    program: str
    workspace: str
    output: str
    base_url: str
    user: str
    shared: bool
    port: int
    workers: int

    @property
    def name(self) -> str:
        """The site's host."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def below(self) -> str:
        """The site's path on its host, without a slash at its end."""
        return urlsplit(self.base_url).path.rstrip("/")

    def command(self, words: str) -> str:
        """A command line."""
        return f"{self.program} -C {self.workspace} {words}"


def systemd(host: Host) -> dict[str, str]:
    """Units by file name: senders or workers, the tick, the web server."""
    units = {"publisher-serve.service": _service(host, "serves the website", f"serve --port {host.port}", "simple")}
    if host.shared:
        units["publisher-worker@.service"] = _service(host, "sends notices (worker %i)", "worker", "simple")
        units["publisher.target"] = (
            "[Unit]\nDescription=All workers of the policy publisher\n"
            + "".join(f"Wants=publisher-worker@{number}.service\n" for number in range(1, host.workers + 1))
            + "\n[Install]\nWantedBy=multi-user.target\n"
        )
        return units
    for name, told in (("deliver", "sends what is due"), ("tick", "records what time brings")):
        units[f"publisher-{name}.service"] = _service(host, told, name, "oneshot")
        units[f"publisher-{name}.timer"] = (
            f"[Unit]\nDescription=The policy publisher {told}, every {MINUTES} minutes\n\n"
            f"[Timer]\nOnCalendar=*:0/{MINUTES}\nPersistent=true\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
        )
    return units


def _service(host: Host, told: str, words: str, kind: str) -> str:
    lasting = kind == "simple"
    return "\n".join(
        (
            "[Unit]",
            f"Description=The policy publisher {told}",
            "After=network-online.target",
            "Wants=network-online.target",
            "",
            "[Service]",
            f"Type={kind}",
            f"User={host.user}",
            f"WorkingDirectory={host.workspace}",
            "# passwords, such as PUBLISHER_EMAIL__TRANSPORT=smtp://user:password@relay:587",
            "EnvironmentFile=-/etc/publisher.env",
            f"ExecStart={host.command(words)}",
            *(("Restart=on-failure", "RestartSec=30") if lasting else ()),
            "# what is under way is answered and recorded before it ends",
            "TimeoutStopSec=90",
            "NoNewPrivileges=true",
            "PrivateTmp=true",
            "ProtectSystem=strict",
            f"ReadWritePaths={host.workspace}",
            "CapabilityBoundingSet=",
            "",
            *(("[Install]", "WantedBy=multi-user.target", "") if lasting else ()),
        )
    )


def nginx(host: Host) -> dict[str, str]:
    """What to include in the server block of the site's host: the built pages, and what only `serve` can answer."""
    below = host.below
    kept = ("Cache-Control", f"max-age={LONGEST_CACHE}")
    blocks = [
        f"# Include this in the server block of {host.name}. The pages come from {host.output}.",
        _location(
            f"^~ {below}/static/",
            f"alias {host.output}/static/;\n    {_types()}",
            (*ALWAYS, ("Cache-Control", IMMUTABLE)),
        ),
        _location(
            f"^~ {_FILES}{below}/timemap/",
            f"internal;\n    alias {host.output}/timemap/;\n    types {{ }}\n    default_type {TIME_MAP};",
            (*ALWAYS, kept),
        ),
        *(
            _location(f"= {below}{path}", f"alias {host.output}{path};\n    {_types()}", (*ALWAYS, *TO_ANYBODY, kept))
            for path in sorted(SHARED)
        ),
        *(_location(f"^~ {below}{path}", _served(host), ()) for path in ("/api/", "/timegate/")),
        "# the served time map names its gate; while nothing is served, the built one is sent",
        _location(f"^~ {below}/timemap/", f"{_served(host)}\n    error_page 502 504 = {_FILES}$uri;", ()),
        "# so it is with the forms of a history, and with any two versions compared",
        _location(f"~ ^{below}/[a-z0-9-]+/{_ASKED}/", f"{_served(host)}\n    error_page 502 504 = {_FILES}$uri;", ()),
        _location(
            f"^~ {_FILES}{below}/",
            f"internal;\n    alias {host.output}/;\n    index index.html;\n    {_types()}",
            (*ALWAYS, kept),
        ),
        f"location ~ ^{below}/(.*/)?[._][^/]*$ {{\n    return 404;\n}}",
        _location(
            f"{below}/",
            f"alias {host.output}/;\n    index index.html;\n    error_page 404 {below}/404.html;\n    {_types()}",
            (*ALWAYS, kept),
        ),
    ]
    return {"publisher.nginx.conf": "\n".join(blocks) + "\n"}


_FILES = "/.files"
"""Before the paths of built files that stand in for served ones; nginx answers them to nobody from outside."""

_ASKED = r"(history|v[0-9]+\.\.\.v[0-9]+)"
"""The part of a path below a policy's own that `serve` can say more under than a build."""


def _served(host: Host) -> str:
    return (
        f"proxy_pass http://127.0.0.1:{host.port};\n    proxy_set_header Host $host;\n"
        "    proxy_set_header X-Forwarded-For $remote_addr;"
    )


def _location(where: str, body: str, headers: tuple[tuple[str, str], ...]) -> str:
    said = "".join(f'\n    add_header {name} "{value}" always;' for name, value in headers)
    return f"location {where} {{\n    {body}{said}\n}}"


def _types() -> str:
    named = " ".join(f"{kind.partition(';')[0]} {ending.removeprefix('.')};" for ending, kind in TYPES.items())
    kinds = " ".join(sorted({kind.partition(";")[0] for kind in TYPES.values() if "charset" in kind} - {"text/html"}))
    return f"types {{ {named} }}\n    charset utf-8;\n    charset_types {kinds};"


def crontab(host: Host) -> dict[str, str]:
    """Lines for the crontab of the user who owns the workspace."""
    lines = (
        "# passwords, each in a line of its own, such as PUBLISHER_EMAIL__TRANSPORT=smtp://user:password@relay:587\n"
        f"*/{MINUTES} * * * *  {host.command('deliver')}; {host.command('tick')}\n"
    )
    return {"publisher.crontab": lines}


_COMPOSE = """\
# Reads POSTGRES_PASSWORD and PUBLISHER_EMAIL__TRANSPORT from .env; WORKSPACE is the folder with publisher.toml, which
# the user 1000 may write.
x-publisher: &publisher
  build: .
  environment:
    PUBLISHER_STORE__URL: postgresql+psycopg://publisher:${POSTGRES_PASSWORD}@db/publisher
    PUBLISHER_EMAIL__TRANSPORT: ${PUBLISHER_EMAIL__TRANSPORT}
  volumes:
    - ${WORKSPACE:-.}:/srv/policies
  depends_on:
    db:
      condition: service_healthy
  restart: unless-stopped
  stop_grace_period: 90s
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: publisher
      POSTGRES_DB: publisher
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
    volumes:
      - store:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD", "pg_isready", "-U", "publisher"]
      interval: 5s
      retries: 20
    restart: unless-stopped
  worker:
    <<: *publisher
    command: ["worker"]
    deploy:
      replicas: @workers@
  web:
    <<: *publisher
    command: ["serve", "--host", "0.0.0.0", "--port", "@port@"]
    ports:
      - 127.0.0.1:@port@:@port@
volumes:
  store:
"""

_IMAGE = """\
FROM python:3.12-slim
RUN pip install --no-cache-dir 'policy-publisher[postgres,serve]' && useradd --uid 1000 publisher
USER publisher
WORKDIR /srv/policies
ENTRYPOINT ["publisher"]
"""

_WORKFLOW = """\
# Needs three secrets: PUBLISHER_STORE__URL, a hosted PostgreSQL; PUBLISHER_EMAIL__TRANSPORT; and PUBLISHER_KEY, what
# `base64 -w0 var/publisher.key` prints.
name: policies
on:
  push:
    branches: [main]
  schedule:
    - cron: "*/15 * * * *"
concurrency:
  group: policies
permissions:
  contents: write
  id-token: write
  pages: write
jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    environment: github-pages
    env:
      PUBLISHER_STORE__URL: ${{ secrets.PUBLISHER_STORE__URL }}
      PUBLISHER_EMAIL__TRANSPORT: ${{ secrets.PUBLISHER_EMAIL__TRANSPORT }}
      PUBLISHER_SECRETS__KEY_FILE: /dev/shm/publisher.key
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install 'policy-publisher[postgres]'
      - run: umask 077 && printf %s "$KEY" | base64 -d > "$PUBLISHER_SECRETS__KEY_FILE"
        env:
          KEY: ${{ secrets.PUBLISHER_KEY }}
      - run: publisher check --format github
      - run: publisher publish --yes
        if: github.event_name == 'push'
      - run: publisher deliver
        # what waits for a person fails this step, and the others go on
        continue-on-error: true
      - run: publisher tick
      - run: |
          git config user.name policies
          git config user.email policies@users.noreply.github.com
          git add policies
          git diff --cached --quiet || git commit --message 'What happened to the policies'
          git push
        if: always()
      - uses: actions/upload-pages-artifact@v3
        with:
          path: @output@
      - uses: actions/deploy-pages@v4
"""


def compose(host: Host) -> dict[str, str]:
    """A server in containers: PostgreSQL, workers, the web server, over a workspace that is mounted."""
    written = _COMPOSE.replace("@workers@", str(host.workers)).replace("@port@", str(host.port))
    return {"compose.yaml": written, "Dockerfile": _IMAGE}


def workflow(host: Host) -> dict[str, str]:
    """A workflow for GitHub Actions, for those without a server: its store is a hosted database."""
    output = host.output.removeprefix(f"{host.workspace}/")
    return {".github/workflows/policies.yml": _WORKFLOW.replace("@output@", output)}


KINDS: Mapping[str, Callable[[Host], dict[str, str]]] = {
    "systemd": systemd,
    "nginx": nginx,
    "cron": crontab,
    "compose": compose,
    "github": workflow,
}
"""What can be written, by the name that staff type."""
