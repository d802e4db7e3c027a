"""Pages made from their former selves, or from their twins under another address.

What differs from build to build is one passage that says where a version stands; what differs between twins is the way
from them to the top.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from publisher.website.manifest import Stamp, content_of

UP = "\ue000\ue001\ue002"
_SLOT = "\ue000\ue001\ue000"
"""They stand for the way up and for the passage while a page is laid out; texts may not hold these characters."""


class Former:
    """The pages of a part as the last build wrote them, and as this one does."""

    def __init__(self, output: Path, stamps: Mapping[str, Stamp]) -> None:
        self._output = output
        self._stamps = stamps
        self._places: dict[str, tuple[str, int, int]] = {}
        self._twin = ("", "")

    def page(self, name: str, up: str, key: str, passage: str, made: Callable[[str], str]) -> str:
        """A page, from its former self where that was made of the same.

        Args:
            name: its file.
            up: the way from it to the top.
            key: the digest of all that it is made of but for the passage, `name` and `up`.
            passage: what differs, as HTML.
            made: lays the page out around what stands for the passage.
        """
        passage = str(passage)
        stamp = self._stamps.get(name)
        if stamp is not None and stamp.key == key:
            content = content_of(f"{self._output}/{name}", stamp)
            if content is not None:
                before, after = content[: stamp.start], content[stamp.end :]
                self._place(name, key, before, passage)
                return before.decode("utf-8") + passage + after.decode("utf-8")
        if self._twin[0] != key:
            self._twin = (key, made(_SLOT))
        whole = self._twin[1].replace(UP, up)
        first, slot, last = whole.partition(_SLOT)
        if slot and _SLOT not in last:
            self._place(name, key, first.encode("utf-8"), passage)
        return whole.replace(_SLOT, passage)

    def placed(self, name: str, stamp: Stamp) -> Stamp:
        """The stamp of a page that this build wrote, with the place of its passage."""
        if name not in self._places:
            return stamp
        key, start, end = self._places[name]
        return replace(stamp, key=key, start=start, end=end)

    def _place(self, name: str, key: str, before: bytes, passage: str) -> None:
        self._places[name] = (key, len(before), len(before) + len(passage.encode("utf-8")))
