"""The list of a policy's versions for programs, and the schema that it keeps (JSON Schema, 2020-12)."""

import json
from collections.abc import Mapping
from typing import Any

from publisher.domain.change import Grade
from publisher.domain.citation import Citation, redline_path
from publisher.domain.life import UNRELEASED, State
from publisher.render.banners import instant_text
from publisher.render.views import Published, Series, Site

SCHEMA_PATH = "versions.schema.json"
"""Where the schema lies, at the root of the site."""


def versions_json(site: Site, series: Series) -> str:
    """Every version with its state, dates, digests and addresses, oldest first."""
    base = site.base_url.rstrip("/")
    applying = series.applying
    plain = {
        "$schema": f"{base}/{SCHEMA_PATH}",
        "policy": series.name,
        "title": {language: series.title(language) for language in series.languages},
        "language": series.settings.language,
        "timezone": series.settings.timezone,
        "in_force": applying.name if applying else None,
        "in_force_until": instant_text(applying.standing.ends) if applying and applying.standing.ends else None,
        "versions": [_plain(base, series, version) for version in series.versions],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def versions_schema(site: Site) -> str:
    """What `versions.json` keeps to, as JSON Schema: programs may check it, and we do."""
    instant = {"type": "string", "format": "date-time"}
    maybe_instant = {"type": ["string", "null"], "format": "date-time"}
    digest = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    uri = {"type": "string", "format": "uri"}
    version = _record(
        {
            "version": _VERSION,
            "state": {"enum": [state.value for state in State if state not in UNRELEASED]},
            "announced": instant,
            "effective": {"type": "string", "format": "date"},
            "from": maybe_instant,
            "until": maybe_instant,
            "grade": {"enum": [*(grade.value for grade in Grade), None]},
            "consent_needed": {"type": "boolean"},
            "witnessed": {"type": "boolean"},
            "before": {"anyOf": [_VERSION, {"type": "null"}]},
            "digest": _by_language(digest),
            "summary": _by_language({"type": "string"}),
            "href": _by_language(uri),
            "redline": _by_language(uri),
        }
    )
    whole = _record(
        {
            "$schema": uri,
            "policy": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
            "title": _by_language({"type": "string"}),
            "language": {"type": "string"},
            "timezone": {"type": "string"},
            "in_force": {"anyOf": [_VERSION, {"type": "null"}]},
            "in_force_until": maybe_instant,
            "versions": {"type": "array", "items": version, "minItems": 1},
        }
    )
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{site.base_url.rstrip('/')}/{SCHEMA_PATH}",
        "title": "The versions of a policy",
    }
    return json.dumps(head | whole, ensure_ascii=False, indent=1) + "\n"


_VERSION: Mapping[str, Any] = {"type": "string", "pattern": "^v[1-9][0-9]*$"}


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has every one of its properties; later versions of this program may add others."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _by_language(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


def _plain(base: str, series: Series, version: Published) -> dict[str, Any]:
    standing = version.standing
    dated = standing.state not in (State.HELD, State.WITHDRAWN)
    return {
        "version": version.name,
        "state": standing.state.value,
        "announced": instant_text(standing.announced),
        "effective": standing.effective.isoformat(),
        "from": instant_text(standing.starts) if dated else None,
        "until": instant_text(standing.ends) if standing.ends else None,
        "grade": standing.grade.value if standing.grade else None,
        "consent_needed": standing.consent_needed,
        "witnessed": standing.witnessed,
        "before": version.before,
        "digest": {edition.language: edition.text.digest for edition in version.editions},
        "summary": {edition.language: edition.text.front.summary for edition in version.editions},
        "href": {
            edition.language: base + Citation(series.name, version.name, edition.language).path
            for edition in version.editions
        },
        "redline": {
            edition.language: base + redline_path(series.name, version.before, version.name, edition.language)
            for edition in version.editions
            if version.before and edition.comparison is not None
        },
    }
