"""The built pages before a validator of HTML, which knows nothing of how they were made."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.site.building import Built

HERE = Path(__file__).resolve().parent / "html"
PROGRAM = HERE / "node_modules/html-validate/bin/html-validate.mjs"


def test_every_page_is_valid_html(gallery: Built) -> None:
    node = shutil.which("node")
    if node is None or not PROGRAM.is_file():
        reason = "html-validate is not there; make test installs it where there is npm (on Debian: apt-get install npm)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    pages = [str(path) for path in gallery.pages() if path.name != "banner.html"]
    done = subprocess.run(
        [str(node), str(PROGRAM), "--config", str(HERE / "config.json"), "--formatter", "json", *pages],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    told = {
        (fault["ruleId"], fault["message"], file["filePath"].removeprefix(str(gallery.output)), fault["line"])
        for file in json.loads(done.stdout)
        for fault in file["messages"]
    }
    assert told == set()
    assert len(pages) > 40
