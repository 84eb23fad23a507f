"""Every operation of the API, by requests that schemathesis makes of its description: each is granted when it should
be, none breaks, and no answer is one that the description does not tell of.

RVM_TEST_API_EXAMPLES says how many requests are searched for in each operation, beside those at every boundary of its
description; `RVM_TEST_API_EXAMPLES=40 pytest tests/operations` does so at length. The same requests each time.
"""

import os
from collections import Counter, defaultdict

import punq
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks

from entrypoints.api.app import create_app
from tests.operations.checks import OUR_OWN
from tests.operations.granted import REQUESTS, granted
from tests.operations.table import KEY

EXAMPLES = int(os.environ.get("RVM_TEST_API_EXAMPLES", "6"))
ROUNDS = 3
"""Requests that have to be granted, for each operation, beside those that schemathesis finds."""
UNKNOWN = 5
"""One in so many paths keeps the ids that were made up: what is not there is an answer too."""

pytestmark = [pytest.mark.xdist_group("operations"), pytest.mark.slow]

schema = schemathesis.openapi.from_dict(create_app(punq.Container()).openapi())
schema.config.seed = 1
schema.config.generation.update(max_examples=EXAMPLES, deterministic=True, with_security_parameters=False)
# What to ask must not depend on what was answered: ids there are new ones each time.
schema.config.phases.fuzzing.extra_data_sources.responses = False
schema.config.phases.fuzzing.error_feedback.is_enabled = False
load_all_checks()
# A request may fit in form and be refused for what it means; how that is told has a check of its own.
EXCLUDED = CHECKS.get_by_names(["positive_data_acceptance"])

tally = defaultdict(Counter)


def asked(case, street, wire):
    """Send a request as somebody who may, note what became of it, and hold the answer to the description."""
    headers = street.credentials(case.operation.definition.raw["x-access"])
    response = case.call(base_url=street.platform.url, session=wire, headers=headers)
    tally[case.operation.label][response.status_code] += 1
    case.validate_response(
        response, additional_checks=OUR_OWN, excluded_checks=EXCLUDED, headers=headers,
        transport_kwargs={"base_url": street.platform.url, "session": wire, "headers": headers},
    )  # fmt: skip
    return response


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_what_is_asked_in_any_form_is_answered_as_described(case, street, wire):
    label = case.operation.label
    if sum(tally[label].values()) % UNKNOWN:
        street.lead(label, case.path_parameters)
    asked(case, street, wire)


@pytest.mark.parametrize("operation", REQUESTS)
def test_what_should_be_granted_is_granted(operation, street, wire, record_property):
    described = schema.find_operation_by_label(operation)
    for _ in range(ROUNDS):
        call = granted(street, operation)
        case = described.Case(path_parameters=call.path, query=call.query, **call.content())
        case.headers.update(call.headers)
        response = asked(case, street, wire)
        assert 200 <= response.status_code < 300, response.text
    by_class = Counter()
    for status, count in tally[operation].items():
        by_class[status // 100] += count
    record_property(KEY, [operation, by_class[2], by_class[4], by_class[5]])


def test_there_is_no_operation_beside_these():
    assert {each.ok().label for each in schema.get_all_operations()} == set(REQUESTS)
