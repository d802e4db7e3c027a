"""Templates of the same words are compiled once in a process: for each workspace it was half of a build's time."""

from typing import Any

from jinja2 import Environment


def compile_once() -> None:
    """From now on; what comes of a template depends on its words and its name alone."""
    compiled: dict[object, Any] = {}
    compile_one = Environment.compile

    def compile_(self: Environment, source: Any, name: Any = None, filename: Any = None, *rest: Any) -> Any:
        key = (source, name, rest)
        if key not in compiled:
            compiled[key] = compile_one(self, source, name, filename, *rest)
        return compiled[key]

    Environment.compile = compile_  # type: ignore[method-assign, assignment]  # for as long as the process lives
