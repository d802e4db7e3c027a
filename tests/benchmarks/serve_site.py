"""A workspace of real versions to be served, and one version more, announced for a day that comes."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.domain.frontmatter import divide, normal_line_ends
from publisher.domain.policy import is_policy_name

ADDED = "One more sentence that only the next version has."
_SETTINGS = 'title = "{title}"\nlanguage = "en"\ntimezone = "UTC"\nregimes = ["section-8"]\n'
_TEXT = "---\neffective: {date}\nsummary: What applies from {date}, in one plain paragraph for readers.\n---\n{body}"
_BY = ("--by", "the benchmark")


def publisher(root: Path, *arguments: str) -> str:
    """One command in a workspace; what it printed."""
    command = [sys.executable, "-m", "publisher", "-C", str(root), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def workspace(root: Path, folder: Path, most: int | None) -> int:
    """Adopts every version below FOLDER, `<document>/<number>-<date>.md`, or the first so many, and builds the site.

    Returns how many versions there are.
    """
    root.mkdir(parents=True)
    (root / "publisher.toml").write_text(
        '[site]\nname = "Example"\nbase_url = "https://example.com"\n[email]\ntransport = "maildir:var/mail"\n'
        'from = "Example <policies@example.com>"\n',
        "utf-8",
    )
    written = 0
    for document in sorted(path for path in folder.iterdir() if path.is_dir()):
        name = document.name[:60].rstrip("-")
        if not is_policy_name(name):
            raise ValueError(f"{document.name} cannot be a policy's name")
        sources = sorted(document.glob("*.md"))[: None if most is None else max(0, most - written)]
        if not sources:
            continue
        own = root / "policies" / name
        for number, path in enumerate(sources, start=1):
            body = divide(normal_line_ends(path.read_text("utf-8"))).body
            (own / f"v{number}").mkdir(parents=True)
            text = _TEXT.format(date=path.stem.partition("-")[2], body=body)
            (own / f"v{number}" / "en.md").write_text(text, "utf-8")
        (own / "policy.toml").write_text(_SETTINGS.format(title=name.replace("-", " ").capitalize()), "utf-8")
        publisher(root, "adopt", name, "--through", f"v{len(sources)}", *_BY)
        written += len(sources)
    publisher(root, "build")
    return written


def versions(root: Path, policy: str) -> int:
    """How many versions a policy has."""
    return sum(1 for path in (root / "policies" / policy).iterdir() if path.is_dir())


def page_near(root: Path, size: int) -> str:
    """The path of the version's page whose plain length is nearest to `size` bytes."""
    public = root / "site/public"
    pages = (path for path in public.glob("*/v*/en/index.html") if "..." not in path.parts[-3])
    found = min(pages, key=lambda path: abs(path.stat().st_size - size))
    return f"/{found.parent.relative_to(public)}/"


def shortest(root: Path) -> str:
    """The policy with the fewest versions."""
    return min((path.name for path in (root / "policies").iterdir()), key=lambda name: versions(root, name))


def one_more(root: Path, policy: str) -> tuple[str, datetime]:
    """Writes and signs one more version, to be published; its name, and the instant of its effect."""
    number = versions(root, policy)
    source = (root / "policies" / policy / f"v{number}" / "en.md").read_text("utf-8")
    body = divide(source).body
    day = datetime.now(UTC).date() + timedelta(days=60)
    folder = root / "policies" / policy / f"v{number + 1}"
    folder.mkdir()
    (folder / "en.md").write_text(_TEXT.format(date=day, body=f"{body}\n\n{ADDED}\n"), "utf-8")
    publisher(root, "review", policy, folder.name, "--accept-all", "--note", "read", *_BY)
    return folder.name, datetime.fromisoformat(f"{day}T00:00:00+00:00")


def announced(root: Path, policy: str, version: str) -> bool:
    """Whether the built site knows a version."""
    listed = json.loads((root / "site/public" / policy / "versions.json").read_text("utf-8"))
    return any(entry["version"] == version for entry in listed["versions"])
