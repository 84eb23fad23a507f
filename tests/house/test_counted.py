"""One thing is one thing."""

import pytest

from entrypoints.counted import counted


@pytest.mark.parametrize(
    ("number", "nouns", "text"),
    [
        (0, ["picture"], "0 pictures"),
        (1, ["picture"], "1 picture"),
        (2, ["picture"], "2 pictures"),
        (1, ["entry", "entries"], "1 entry"),
        (1_204, ["entry", "entries"], "1,204 entries"),
    ],
)
def test_a_noun_has_the_form_of_its_number(number, nouns, text):
    assert counted(number, *nouns) == text
