@M11 @P2
Feature: Machines that are cut off
  Nothing stops without a network. What happened is told later, in order, and paid exactly once.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50

  Scenario: A whole visit without a network
    Given the machine is cut off
    When Sari deposits a glass bottle and a can
    Then Sari's balance is 0 points
    But once the network is mended her balance is 140 points

  Scenario: The network goes in the middle of a visit
    Given Sari holds her QR before the machine
    When she inserts a glass bottle
    And the machine is cut off
    And she inserts a can
    Then the machine keeps it and shows 80 points
    But once the network is mended her balance is 140 points

  Scenario: An answer that got lost pays nothing twice
    Given the platform's next answers to the machine get lost
    When Sari deposits a glass bottle
    Then in the end her balance is 60 points

  @P4
  Scenario: The price that was shown is the price that is paid
    Given the machine is cut off
    And Sari deposits a glass bottle
    When glass is worth only 10 points from now on
    And the network is mended
    Then Sari's balance is 60 points

  Scenario: A clock that is three days off
    Given the machine's clock is three days fast
    When Sari deposits a glass bottle
    Then Sari's balance is 60 points

  @P15
  Scenario: A machine that was off-line sends its pictures when the network is back
    Given the machine is cut off
    When Sari deposits a glass bottle and a can
    And the machine loses its power and gets it back
    Then Sari sees no picture of what she brought
    But once the network is mended she sees each of the 2
