"""The least that a site of Markdown texts takes in Python: `python -m tests.benchmarks.site_loop TEXTS.json OUT`."""

import json
import sys
from pathlib import Path

import jinja2
from markdown_it import MarkdownIt

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head>'
    "<body><main><h1>{{ title }}</h1>{{ body | safe }}</main></body></html>"
)


def main(held: Path, output: Path) -> None:
    """Renders each text into a folder of its own."""
    template = jinja2.Environment(autoescape=True).from_string(PAGE)
    parser = MarkdownIt("js-default", {"html": False})
    for policy, number, body in json.loads(held.read_text("utf-8")):
        folder = output / policy / f"v{number}"
        folder.mkdir(parents=True, exist_ok=True)
        page = template.render(title=f"{policy} v{number}", body=parser.render(body))
        (folder / "index.html").write_text(page, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
