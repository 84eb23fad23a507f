@D2 @P2 @P3
Feature: What cannot be forged
  The chain of entries and the ledger show what was tampered with; honest people are paid once all the same.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50

  Scenario: An entry told again with another content
    Given Sari has deposited a glass bottle
    When somebody sends the bottle's entry again as two cans' worth
    Then Sari's balance is 60 points
    And an alarm tells of a forged entry

  Scenario: The books balance
    Given Sari has deposited a glass bottle and Budi a can
    When the operator has the books proven
    Then nothing is wrong, and 140 points are on people's accounts

  Scenario: An edited balance is found
    Given Sari has deposited a glass bottle
    When somebody gives Sari 1,000 points by hand
    Then the proof names Sari's balance
