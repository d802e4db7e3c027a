"""Style sheets that name other files of the website, such as fonts, whose addresses say what is in them."""

import hashlib
import posixpath
import re
from collections.abc import Mapping

_NAMED = re.compile(rb"""url\(\s*(["']?)([A-Za-z0-9._/-]{1,200})\1\s*\)""")


def hashed_name(name: str, content: bytes) -> str:
    """A static file's address: `site.1f2e3d4c5b.css`, another one whenever its bytes differ."""
    digest = hashlib.sha256(content).hexdigest()[:10]
    stem, dot, extension = name.rpartition(".")
    return f"{stem}.{digest}.{extension}" if dot else f"{name}.{digest}"


def with_addresses(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files by name; where a style sheet says `url(fonts/own.woff2)` of one among them, with that file's address.

    Style sheets themselves are not named in this way: one that imports another would have to be hashed after it.
    """

    def addressed(sheet: str, content: bytes) -> bytes:
        def address(found: re.Match[bytes]) -> bytes:
            folder = posixpath.dirname(sheet)
            name = posixpath.normpath(posixpath.join(folder, found[2].decode("ascii")))
            if name not in files or name.endswith(".css"):
                return found[0]
            return f'url("{posixpath.relpath(hashed_name(name, files[name]), folder or ".")}")'.encode()

        return _NAMED.sub(address, content)

    return {name: addressed(name, content) if name.endswith(".css") else content for name, content in files.items()}
