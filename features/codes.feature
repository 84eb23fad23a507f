@P1 @M8
Feature: QR codes
  A code lets one person in, for five minutes. Who may be paid stands in the code itself.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50

  Scenario: A code that is too old lets nobody in
    Given Sari has a QR that is 6 minutes old
    When she holds it before the machine
    Then the machine refuses it as expired

  Scenario: A code of another organisation lets nobody in
    Given Sari has a QR of another organisation
    When she holds it before the machine
    Then the machine refuses it as another organisation's

  Scenario: A code that somebody made themselves lets nobody in
    Given Mallory has a QR signed with a key of their own
    When they hold it before the machine
    Then the machine refuses it as signed by an unknown key

  Scenario: A code is scanned once
    Given Sari has finished a visit
    When she holds the same QR before the machine
    Then the machine refuses it as already used

  Scenario: A newer code replaces the older one
    Given Sari has a QR and asks for another
    When she holds the first one before the machine
    Then the machine refuses it as withdrawn

  @M11
  Scenario: One code on two machines that were both off line
    Given two machines are cut off
    When Sari deposits a glass bottle at each of them with one QR
    And the network is mended
    Then Sari's balance is 120 points
    And an alarm tells of one code on two machines
