"""The API described for programs (OpenAPI 3.1)."""

from importlib.metadata import version
from typing import Any

_TOKEN = {
    "name": "user",
    "in": "query",
    "required": True,
    "description": "A token that names the reader, as `publisher users token` prints one.",
    "schema": {"type": "string", "maxLength": 2000},
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}},
}
_OK = {"type": "object", "required": ["ok"], "properties": {"ok": {"type": "boolean"}}}
_BY_LANGUAGE = {"type": "object", "additionalProperties": {"type": "string"}}
_INSTANT = {"type": "string", "format": "date-time"}
_BANNER = {
    "type": "object",
    "required": [
        "id",
        "policies",
        "version",
        "revision",
        "from",
        "until",
        "title",
        "text",
        "href",
        "audience",
        "mandatory",
    ],
    "properties": {
        "id": {"type": "string"},
        "policies": {"type": "array", "items": {"type": "string"}},
        "version": {"type": "string"},
        "revision": {"type": "integer", "minimum": 1},
        "from": _INSTANT,
        "until": _INSTANT,
        "title": _BY_LANGUAGE,
        "text": _BY_LANGUAGE,
        "href": {"type": "string"},
        "audience": {"type": "string"},
        "mandatory": {"type": "boolean", "description": "Nothing else tells this reader: show it until acknowledged."},
    },
}
_PUT_AWAY = {
    "type": "object",
    "required": ["user", "banner"],
    "additionalProperties": False,
    "properties": {"user": {"type": "string"}, "banner": {"type": "string"}},
}
_CONSENT = {
    "type": "object",
    "required": ["user", "policy", "version", "digest", "answer"],
    "additionalProperties": False,
    "properties": {
        "user": {"type": "string"},
        "policy": {"type": "string"},
        "version": {"type": "string"},
        "digest": {"type": "string", "description": "That of the text which the reader was shown."},
        "answer": {"enum": ["accept", "decline"]},
    },
}


def document(base_url: str) -> dict[str, Any]:
    """The whole description; every status that a call may be answered with is there."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Policies",
            "version": version("policy-publisher"),
            "description": "A reader's banners and answers, and the text as it applied at an instant.",
        },
        "servers": [{"url": base_url.rstrip("/")}],
        "paths": {
            "/api/banners": {
                "get": {
                    "summary": "The banners that concern a reader and that they have not acknowledged.",
                    "parameters": [_TOKEN],
                    "responses": _responses("The banners.", {"type": "array", "items": _BANNER}, 404),
                }
            },
            "/api/acknowledge": {
                "get": {
                    "summary": "A page with a button; following a link acknowledges nothing.",
                    "parameters": [_TOKEN, {**_TOKEN, "name": "banner", "description": "The banner's id."}],
                    "responses": {
                        **{
                            str(status): {"description": told, "content": {"text/html": {"schema": {"type": "string"}}}}
                            for status, told in ((200, "The page."), (404, "The link is not good, in words."))
                        },
                        **_refusals(429, 503),
                    },
                },
                "post": {
                    "summary": "A banner put away, or an answer to a version that needs fresh consent.",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"oneOf": [_PUT_AWAY, _CONSENT]}}},
                    },
                    "responses": _responses("It is recorded.", _OK, 400, 404, 408, 409),
                },
            },
            "/timegate/{policy}": {
                "get": {
                    "summary": "Leads to the version that applied at an instant (RFC 7089).",
                    "parameters": [
                        {
                            "name": "policy",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64},
                        },
                        {
                            "name": "on",
                            "in": "query",
                            "description": "A day in the policy's zone, in place of Accept-Datetime.",
                            "required": False,
                            "schema": {"type": "string", "format": "date"},
                        },
                        {"name": "language", "in": "query", "required": False, "schema": {"type": "string"}},
                        {"name": "Accept-Datetime", "in": "header", "required": False, "schema": {"type": "string"}},
                    ],
                    "responses": {"302": {"description": "The version's page."}, **_refusals(400, 404, 429, 503)},
                }
            },
            "/healthz": {
                "get": {
                    "summary": "Whether website and store can be had.",
                    "responses": _responses("They can.", _OK),
                }
            },
        },
    }


def _responses(told: str, schema: dict[str, Any], *refused: int) -> dict[str, Any]:
    done = {"description": told, "content": {"application/json": {"schema": schema}}}
    return {"200": done, **_refusals(*refused, 429, 503)}


_REFUSED = {
    400: "The call cannot be read; in words.",
    404: "There is no such reader, banner, policy or version: one answer for all of these.",
    408: "The body did not come in time.",
    409: "The version asks nobody, or the digest is not that of one of its texts.",
    429: "Too many calls; Retry-After says when to come again.",
    503: "It cannot be done now; Retry-After says when to come again.",
}


def _refusals(*statuses: int) -> dict[str, Any]:
    # whoever prefers text/html, as browsers do, is told the same on a page
    content = {"application/json": {"schema": _ERROR}, "text/html": {"schema": {"type": "string"}}}
    return {str(status): {"description": _REFUSED[status], "content": content} for status in statuses}
