"""Stems: what the forms of an English word have in common."""

import re

_SUFFIX = re.compile(
    r"(?:ations?|ings?|edly|ed|ies|ers?|ors?|es|s|ly|ments?|ions?|ives?|ables?|ances?|ences?|als?|e|y|i)$"
)


def stem(token: str) -> str:
    """`processed`, `processes` and `processing` are one."""
    if len(token) <= 4:
        return token[:-1] if len(token) == 4 and token.endswith("s") and not token.endswith("ss") else token
    token = token.replace("isation", "ization").replace("our", "or").replace("ise", "ize")
    for _ in range(2):
        shorter = _SUFFIX.sub("", token)
        if len(shorter) < 4:
            break
        token = shorter
    return token[:-1] if len(token) > 4 and token[-1] == token[-2] else token
