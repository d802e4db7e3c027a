"""Tells users of important changes to a policy before they take effect, and keeps the proof."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.assessing import assess

__all__ = ["assess"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "assess":
        from publisher.assessing import assess

        return assess
    raise AttributeError(f"module 'publisher' has no attribute {name!r}")
