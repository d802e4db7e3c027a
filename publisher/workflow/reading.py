"""The files of a built website read into memory: a file that is still the one that was read is not read again."""

import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from publisher.render.headers import TIME_MAP, TYPES
from publisher.render.timemap import with_gate
from publisher.workflow.encoded import Encoded, digest_of, encoded

Seen = tuple[int, int, int, int]
"""Device, inode, size, and time of change in nanoseconds: a file with all of them is the one that was read."""

_HIDDEN = (".", "_")
_UNKNOWN = "application/octet-stream"
_RACY_NANOSECONDS = 2_000_000_000
"""A file that changed so shortly before it was read might change again without another time: it is not remembered."""


class Reading:
    """Reads folders of built files, and knows what was read before."""

    def __init__(self, base_url: str, before: Sequence[Mapping[Seen, Encoded]]) -> None:
        """`base_url` is the site's address; `before` what was read for other builds at the same address."""
        self.seen: dict[Seen, Encoded] = {}
        self._base_url = base_url
        self._before = before
        self._by_digest = {page.digest: page for seen in before for page in seen.values()}

    def files(self, folder: Path) -> Iterator[tuple[str, Encoded]]:
        """Each file by its path from the root, in order; hidden ones and links are left out.

        Raises:
            FileNotFoundError: something went away meanwhile.
        """
        began = time.time_ns()
        for relative, status in sorted(_below(str(folder), ""), key=lambda found: found[0]):
            name = relative.rpartition("/")[2]
            ending = os.path.splitext(name)[1]  # noqa: PTH122  of thousands of names, while readers wait for another build
            of_time_map = relative.startswith("timemap/") and not ending
            kind = (TIME_MAP if of_time_map else TYPES.get(ending, _UNKNOWN)).encode("ascii")
            key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
            page = next((seen[key] for seen in self._before if key in seen), None)
            if page is None or page.kind != kind:
                body = (folder / relative).read_bytes()
                page = self._encoded(with_gate(body, self._base_url, name) if of_time_map else body, kind)
            if status.st_mtime_ns < began - _RACY_NANOSECONDS:
                self.seen[key] = page
            yield "/" + relative, page

    def _encoded(self, body: bytes, kind: bytes) -> Encoded:
        before = self._by_digest.get(digest_of(body))
        return before if before is not None and before.kind == kind else encoded(body, kind)


def _below(folder: str, path: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(f"{folder}/{path}") as entries:
        for entry in entries:
            if entry.name.startswith(_HIDDEN):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(folder, f"{path}{entry.name}/")
            else:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    yield f"{path}{entry.name}", status
