@M1 @M2 @P1 @P3 @P4
Feature: Depositing bottles and cans
  A recycler gives bottles and cans to a machine and is paid in points for each one that it keeps.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50

  Scenario: A bottle becomes points
    Given Sari holds her QR before the machine
    When she inserts a glass bottle
    Then the machine keeps it and shows 60 points
    And Sari's balance is 60 points

  Scenario: Every item of a visit counts
    Given Sari holds her QR before the machine
    When she inserts a glass bottle, a can and a plastic bottle
    And she presses done
    Then the machine thanks her for 3 items and 190 points
    And Sari's balance is 190 points

  Scenario Outline: What is no container is given back with its reason
    Given Sari holds her QR before the machine
    When she inserts <thing>
    Then the machine gives it back because <reason>
    And Sari's balance is 0 points

    Examples:
      | thing                    | reason                        |
      | paper                    | it is not a container         |
      | cardboard                | it is not a container         |
      | a bottle hard to make out | the machine is not certain   |
      | a mirrored bottle        | the machine is not certain    |
      | two bottles at once      | there are two items           |

  Scenario: After a refusal the visit goes on
    Given Sari holds her QR before the machine
    When she inserts paper and takes it back
    And she inserts a can
    Then Sari's balance is 80 points

  Scenario: A guest gives without an account
    Given a guest stands before the machine
    When they insert a glass bottle
    Then the machine keeps it and shows no points
    And nobody is paid for it

  @P9 @P14
  Scenario: A recycler watches the points come
    Given Sari follows her session
    And she holds her QR before the machine
    When she inserts a can
    Then she is told of the can, its 80 points and her balance of 80
