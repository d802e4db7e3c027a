"""A script as it is shipped: the file that people read, without comments and needless spaces."""

import re

_LITERAL = re.compile(r"('[^'\n]*')")
_AROUND_SIGNS = re.compile(r" ?(=>|[=+\-?:|&<>!{}()\[\],]+) ?")


def squeezed(script: str) -> str:
    """The same program in fewer bytes.

    Lines stay lines, so that no statement ends elsewhere; what stands in single quotes stays as it is. The script has
    comments on lines of their own alone, and neither templates nor regular expressions.
    """
    lines = (line.strip() for line in script.splitlines())
    kept = "\n".join(line for line in lines if line and not line.startswith("//"))
    parts = _LITERAL.split(kept)
    parts[::2] = [_AROUND_SIGNS.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts) + "\n"
