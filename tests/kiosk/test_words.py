"""Every word of the screen is there in both languages, for everything that the machine can show."""

import json
import re

import pytest

from application.ports.screen import Note, ScreenName
from application.ports.service_panel import Order
from domain.body.findings import CLOSES
from domain.commissioning.guide import Reason as PassedOverFor
from domain.commissioning.guide import Task
from domain.commissioning.kinds import KINDS
from domain.commissioning.lines import Verdict, Why
from domain.commissioning.safety import Danger
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Outcome
from domain.deposits.intake.state import Part
from domain.deposits.recognition import Material
from domain.deposits.scanning import CodeVerdict
from entrypoints.machine.kiosk.site import PAGE

WORDS = json.loads((PAGE / "words.json").read_text(encoding="utf-8"))
SAID = {
    "screens": ScreenName, "codes": CodeVerdict, "reasons": Reason, "notes": Note, "parts": Part, "materials": Material,
    "outcomes": Outcome,
}  # fmt: skip
FORMS = {"one", "other"}


def shape(words):
    """Keys and places to fill, without the words; forms of number are each language's own."""
    if isinstance(words, dict):
        return None if set(words) <= FORMS else {key: shape(value) for key, value in words.items()}
    if isinstance(words, list):
        return [shape(value) for value in words]
    return sorted(re.findall(r"\{(\w+)\}", words))


def sentences(words):
    if isinstance(words, str):
        yield words
    else:
        for each in words.values() if isinstance(words, dict) else words:
            yield from sentences(each)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("group", "names"), SAID.items(), ids=SAID)
def test_everything_a_machine_can_show_has_words(language, group, names):
    said = WORDS[language][group]
    assert sorted(name.value for name in names if name.value not in said) == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_finding_that_closes_a_machine_has_words(language):
    assert sorted(found.value for found in CLOSES if found.value not in WORDS[language]["parts"]) == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_a_commissioning_can_show_has_words(language):
    said = WORDS[language]["guide_steps"]
    assert set(said["lines"]) == set(KINDS)
    assert set(said["tasks"]) == {task.value for task in Task} | {"asking"}
    assert set(said["whys"]) == {why.value for why in Why if why not in (Why.WITHIN, Why.RECORDED)}
    assert set(said["dangers"]) == {danger.value for danger in Danger}
    assert set(said["reasons"]) == {reason.value for reason in PassedOverFor}
    assert set(said["verdicts"]) == {verdict.value for verdict in Verdict}
    assert set(WORDS[language]["service"]["orders"]) == {order.value for order in Order}


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_is_blank_and_nobody_shouts(language):
    said = list(sentences(WORDS[language]))
    assert [sentence for sentence in said if not sentence.strip()] == []
    assert [sentence for sentence in said if "!" in sentence] == []


def test_both_languages_say_the_same_things():
    assert shape(WORDS["id"]) == shape(WORDS["en"])


def test_indonesian_is_not_english():
    pairs = zip(sentences(WORDS["id"]["screens"]), sentences(WORDS["en"]["screens"]), strict=True)
    assert [first for first, second in pairs if first == second] == []
