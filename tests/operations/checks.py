"""What we ask of an answer beyond what schemathesis asks by itself: that it keeps to our own words."""

import json

from schemathesis import GenerationMode

UNREADABLE = {"malformed-request", "unfit-request", "idempotency-key-missing", "idempotency-key-unfit"}
"""What is told of a request's form. What it means may be refused all the same, under a name that says so."""
INSIDE = ("Traceback", 'File "', "sqlalchemy", "pydantic", "psycopg", "sqlite")


def problem_of(response):
    """The end of a problem's type, or None for an answer that is no problem."""
    if response.status_code < 400:
        return None
    return json.loads(response.text)["type"].rpartition("/")[2]


def a_problem_is_one_that_is_described(ctx, response, case):
    code = problem_of(response)
    if code is None or response.status_code == 405:  # a method that is no operation is described nowhere
        return
    described = case.operation.definition.raw["responses"][str(response.status_code)]["x-problems"]
    assert code in described, f"{case.operation.label} answers {code}, and tells of {described}"


def a_request_of_the_described_form_is_read(ctx, response, case):
    fits = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    assert not fits or problem_of(response) not in UNREADABLE, "it is of the form that the description gives"


def nothing_is_told_of_the_inside(ctx, response, case):
    told = [each for each in INSIDE if response.status_code >= 400 and each in response.text]
    assert not told, f"the answer tells of {told}"


OUR_OWN = [a_problem_is_one_that_is_described, a_request_of_the_described_form_is_read, nothing_is_told_of_the_inside]
