"""What is measured, each in a process of its own: ours and its peers, given two files.

    python -m tests.benchmarks.engines NAME OLD NEW

prints CPU seconds of the comparison alone (imports and reading left out, and where it is quick the middle of several
once warm), and the peak memory of the whole process.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

Engine = Callable[[str, str], int]
"""Compares two texts and returns the size of what it found, so that nothing is left undone."""


def _ours() -> Engine:
    from publisher.diff import align, compare
    from publisher.parse import memory, parse

    def compared(old: str, new: str) -> int:
        shared = memory()
        return len(compare(align(parse(old, "en", memory=shared), parse(new, "en", memory=shared))).changes)

    return compared


def _ours_assessed() -> Engine:
    import publisher

    return lambda old, new: len(publisher.assess(old, new, language="en").changes)


def _redlines() -> Engine:
    from redlines import Redlines

    return lambda old, new: len(Redlines(old, new).output_markdown)


def _difflib() -> Engine:
    import difflib

    return lambda old, new: len(difflib.SequenceMatcher(None, old.split(), new.split()).get_opcodes())


def _lxml() -> Engine:
    from lxml.html.diff import htmldiff

    return lambda old, new: len(htmldiff(old, new))


ENGINES: dict[str, Callable[[], Engine]] = {
    "ours": _ours,
    "ours, with findings": _ours_assessed,
    "redlines": _redlines,
    "difflib": _difflib,
    "lxml htmldiff": _lxml,
}
"""By name; a missing library is an ImportError when an engine is made."""


def peak() -> float:
    """The most memory this process ever held, in MB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Measures one engine on two files."""
    name, old, new = sys.argv[1:]
    engine = ENGINES[name]()
    before, after = Path(old).read_text("utf-8"), Path(new).read_text("utf-8")
    if name == "lxml htmldiff":  # which compares HTML, and is not charged with making it
        from markdown_it import MarkdownIt

        before, after = MarkdownIt("js-default").render(before), MarkdownIt("js-default").render(after)
    seconds: list[float] = []
    found = 0
    while len(seconds) < 5 and sum(seconds) < 4:
        started = time.process_time()
        found = engine(before, after)
        seconds.append(time.process_time() - started)
    seconds = seconds[1:] or seconds
    middle = sorted(seconds)[len(seconds) // 2]
    sys.stdout.write(json.dumps({"seconds": middle, "megabytes": peak(), "found": found}))


if __name__ == "__main__":
    main()
