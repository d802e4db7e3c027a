"""The description of the API, held against what OpenAPI asks of one."""

import copy
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from publisher.serve.openapi import document


def test_the_description_is_one_of_openapi() -> None:
    described = document("https://acme.example/")
    validate(described, cls=OpenAPIV31SpecValidator)
    assert described["servers"] == [{"url": "https://acme.example"}]


def test_a_description_without_answers_would_not_be() -> None:
    broken: dict[str, Any] = copy.deepcopy(document("https://acme.example"))
    broken["paths"]["/timegate/{policy}"]["get"]["parameters"] = []
    with pytest.raises(OpenAPIValidationError):
        validate(broken, cls=OpenAPIV31SpecValidator)
