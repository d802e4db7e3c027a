"""Files for a server: systemd units, nginx, a crontab, containers, a scheduled workflow. Values in, text out."""

from collections.abc import Callable, Mapping

from publisher.render.containers import compose
from publisher.render.headers import ALWAYS, IMMUTABLE, LONGEST_CACHE, SHARED, TIME_MAP, TO_ANYBODY, TYPES
from publisher.render.host import Host
from publisher.render.scheduled import workflow

MINUTES = 5
"""Between two runs of a timer: a static site shows a version at most so late."""


_SHUT = (
    "PrivateDevices",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "LockPersonality",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
)
"""What of the machine none of the programs has any use for."""


def systemd(host: Host) -> dict[str, str]:
    """Units by file name: senders or workers, the tick, the web server."""
    units = {"publisher-serve.service": _service(host, "serves the website", f"serve --port {host.port}", "simple")}
    if host.shared:
        units["publisher-worker@.service"] = _service(
            host, "sends notices (worker %i)", "worker", "simple", part_of="publisher.target"
        )
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


def _service(host: Host, told: str, words: str, kind: str, *, part_of: str = "") -> str:
    lasting = kind == "simple"
    return "\n".join(
        (
            "[Unit]",
            f"Description=The policy publisher {told}",
            "After=network-online.target",
            "Wants=network-online.target",
            *((f"PartOf={part_of}",) if part_of else ()),
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
            f"ReadWritePaths={' '.join((host.workspace, *host.elsewhere))}",
            "CapabilityBoundingSet=",
            *(f"{name}=true" for name in _SHUT),
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


KINDS: Mapping[str, Callable[[Host], dict[str, str]]] = {
    "systemd": systemd,
    "nginx": nginx,
    "cron": crontab,
    "compose": compose,
    "github": workflow,
}
"""What can be written, by the name that staff type."""
