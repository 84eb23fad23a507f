@P11
Feature: The care of machines
  Machines tell how they are. What needs a hand becomes a ticket, once; what kept a machine from serving is counted.

  Background:
    Given machines that tell how they are

  Scenario: A machine that nobody visits is not taken for silent
    When 5 minutes pass
    Then no alert is raised

  @P20
  Scenario: A machine that is cut off
    When the machine is cut off
    And 5 minutes pass
    Then the alert silent is raised, and a ticket is open
    When the network is back
    Then no alert is raised, and the ticket is resolved by itself
    And 5 minutes are charged to the network

  Scenario: A full bin is one ticket, however the level trembles
    When the bin's level goes 96, 90 and 97 per cent, two minutes each
    Then the alert bin_full is raised, and a ticket is open
    And it was raised once
    When the bin is emptied
    Then the ticket is resolved by itself

  Scenario: A ticket that somebody took is closed by them
    When the bin's level goes 99 per cent, two minutes each
    And an operator takes the ticket
    And the bin is emptied
    Then the ticket is taken
    When the operator resolves the ticket
    Then the ticket is resolved

  @M14
  Scenario: A command that comes too late is not carried out
    When the machine is cut off
    And an operator tells it to open its door
    And 11 minutes pass
    And the network is back
    Then the machine is given no command, and the operator sees that it expired

  @M15
  Scenario: A claim code makes one machine, once
    Given an operator has issued a claim code for a machine at Gambir
    When a new machine shows the code with the key that it made
    Then it is one of ours, and stands at Gambir
    When another machine shows the same code
    Then it is turned away
