@M9
Feature: The machine's screen
  Whoever stands before the machine is told what happens and what to do, in Indonesian and in English.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50

  Scenario: A guest gives a bottle without an account
    When a guest deposits a glass bottle
    Then the screen thanks for 1 item and speaks of no points

  Scenario: What comes back is said with the reason and what to do
    Given Sari holds her QR before the machine
    When she inserts paper
    Then the screen says in both languages why it comes back, and to take it

  @M11
  Scenario: Off line is said, never hidden
    Given the machine is cut off
    And Sari holds her QR before the machine
    Then the screen says in both languages that points come later

  Scenario: The machine tells what it has taken in
    Given Sari has deposited a glass bottle, a can, paper
    Then the screen tells of 2 bottles and cans that this machine took in

  @M8
  Scenario: A technician's PIN opens the maintenance menu
    When a technician enters the right PIN
    Then the maintenance menu is open and nobody is served
    When the technician leaves
    Then the machine welcomes people again

  @M8
  Scenario: A PIN is not guessed
    When somebody enters a wrong PIN 4 times
    Then even the right PIN is not taken for half a minute
