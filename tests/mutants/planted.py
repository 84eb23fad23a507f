"""The planted mistakes: each is one that would lose, double or forge something, or harm a hand."""

from __future__ import annotations

from tests.mutants.workshop import Mutant

_ITEM = "domain/deposits/intake/item_table.py"
_VISIT = "domain/deposits/intake/visit_table.py"
_HEALTH = "domain/deposits/intake/health_table.py"
_REDUCER = "domain/deposits/intake/reducer.py"
_STATE = "domain/deposits/intake/state.py"
_ENTRY = "domain/deposits/journal.py"
_KEPT = "adapters/journal/apsw_journal.py"
_SETTLEMENT = "domain/deposits/settlement.py"
_CHAIN = "domain/deposits/chain.py"

_INTAKE = ("tests/intake/test_item.py", "tests/intake/test_visit.py")
_JOURNAL = ("tests/journal/test_chain.py",)
_DISK = ("tests/journal/test_power_loss.py",)
_VERDICT = (
    "tests/platform/test_price_promise.py",
    "tests/platform/test_settlement.py",
    "tests/platform/test_paying.py",
)
_RECORDING = ("tests/platform/test_recording.py",)

MUTANTS = (
    # ---------------------------------------------------------------- intake
    Mutant(
        "motor_before_journalled", _ITEM,
        "    turn.item(state=DECIDING, ticket=ticket, decided=decided)",
        "    turn.item(state=DECIDING, ticket=ticket, decided=decided)\n    turn.ask(lambda t: Move(t, Way.IN), 1)",
        _INTAKE,
    ),
    Mutant(
        "shown_before_journalled", _ITEM,
        "    turn.item(state=DECIDING, ticket=ticket, decided=decided)",
        '    turn.item(state=DECIDING, ticket=ticket, decided=decided, shown=shown("early", decided))',
        _INTAKE,
    ),
    Mutant(
        "late_timer_obeyed", _REDUCER,
        "if _part(state, table).ticket == ticket), None)",
        "if _part(state, table).ticket is not None), None)",
        _INTAKE,
    ),
    Mutant("quick_hand_forgotten", _ITEM, "    turn.item(taken=True)", "    pass", _INTAKE),
    Mutant(
        "second_item_let_in", _VISIT,
        "    if turn.state.serving and turn.state.item.state is ItemState.NONE and not turn.state.hand:\n",
        "    if turn.state.serving:\n        turn.item(state=ItemState.NONE)\n",
        _INTAKE,
    ),
    Mutant(
        "motor_turns_on_a_hand", _ITEM,
        "def _give_back(turn: Turn) -> None:\n    if turn.state.hand:\n",
        "def _give_back(turn: Turn) -> None:\n    if False:\n",
        _INTAKE,
    ),
    Mutant(
        "hand_does_not_halt", _ITEM,
        '            HandSeen: rule(_halt_for_the_hand, INSPECTING, "halt and look"), HandGone: _NOTHING_MOVES,\n'
        "            ItemTaken: rule(_mark_taken, RETURNING",
        "            _HANDS: _NOTHING_MOVES,\n            ItemTaken: rule(_mark_taken, RETURNING",
        _INTAKE,
    ),
    Mutant(
        "second_look_not_looked_at", _ITEM, "    elif not same(before, event.picture):\n", "    elif False:\n", _INTAKE
    ),
    Mutant(
        "pulled_back_paid_again", _ITEM,
        "    if any(alike(picture.perceptual_hash, pulled) for pulled in turn.state.pulled):\n",
        "    if False:\n",
        _INTAKE,
    ),
    Mutant(
        "pull_not_told_of", _VISIT, "    if turn.state.suspects:\n        _report(turn)\n        return\n", "", _INTAKE
    ),
    Mutant("presence_during_opening_lost", _VISIT, "    if turn.state.present:\n", "    if False:\n", _INTAKE),
    Mutant(
        "recovery_trusts_any_counter", _ITEM,
        "event.counters.passed_in > before.passed_in",
        "event.counters.passed_in >= before.passed_in",
        _INTAKE,
    ),
    Mutant(
        "lost_inside_counts_as_returned", _ITEM,
        "        _settle(turn, Outcome.UNKNOWN)",
        "        _settle(turn, Outcome.RETURNED)",
        _INTAKE,
    ),
    Mutant(
        "visit_closed_over_an_item", _VISIT,
        "    if item.state in {ItemState.NONE, ItemState.OFFERED}:\n        _close(turn)",
        "    _close(turn)",
        _INTAKE,
    ),
    Mutant("recovery_forgotten", _HEALTH, "    if left is None:\n", "    if True:\n", _INTAKE),
    Mutant(
        "drain_without_end", _HEALTH,
        'VisitFinished: rule(_serve_if_sound, (OUT, IN_SERVICE), "out, or back if all is mended"),',
        'VisitFinished: Ignored("planted"),',
        _INTAKE,
    ),
    Mutant(
        "written_after_a_failed_sync", _STATE,
        "        return not (self.health.journal_lost or self.health.unsettled)",
        "        return True",
        _INTAKE,
    ),
    Mutant(
        "promise_by_an_untrusted_clock", _ITEM,
        "return Promise(prices.version, prices.worth(label)) if prices.in_force(event.now, event.now) else None",
        "return Promise(prices.version, prices.worth(label))",
        _INTAKE,
    ),
    # --------------------------------------------------------------- journal
    Mutant("chain_not_looked_at", _ENTRY, "    if entry.prev != before.hash:\n", "    if False:\n", _JOURNAL),
    Mutant("place_not_looked_at", _ENTRY, "    if entry.seq != expected:\n", "    if False:\n", _JOURNAL),
    Mutant("second_encoding_taken", _ENTRY, '_CANONICAL(parts).encode("ascii") != raw', "False", _JOURNAL),
    Mutant("unsynced_journal", _KEPT, '"synchronous", "full")', '"synchronous", "off")', _DISK),
    # ------------------------------------------------------------ settlement
    Mutant("refused_item_paid", _SETTLEMENT, "    if not decision.accepted:\n", "    if False:\n", _VERDICT),
    Mutant("returned_item_paid", _SETTLEMENT, "    if outcome is Outcome.RETURNED:\n", "    if False:\n", _VERDICT),
    Mutant(
        "promise_broken", _SETTLEMENT,
        "        if named is not None and named.in_force(span.earliest, span.latest):",
        "        if named is not None and named.in_force(span.latest, span.latest):",
        _VERDICT,
    ),
    Mutant(
        "machine_sets_its_own_price", _SETTLEMENT,
        "                worth,\n                named.version,",
        "                promise.points,\n                named.version,",
        _VERDICT,
    ),
    Mutant("unknown_without_bound", _SETTLEMENT, "unknown_today >= bound", "False", _VERDICT),
    Mutant("replay_counts_again", _CHAIN, "    if entry.hash in held.links:\n", "    if False:\n", _RECORDING),
    Mutant("reused_id_overlooked", _CHAIN, "    if entry.id in held.ids:\n", "    if False:\n", _RECORDING),
    Mutant("gap_overlooked", _CHAIN, "            return Place.GAP\n", "            return Place.NEXT\n", _RECORDING),
    Mutant("fork_overlooked", _CHAIN, "if entry.prev in held.succeeded else", "if False else", _RECORDING),
)  # fmt: skip
