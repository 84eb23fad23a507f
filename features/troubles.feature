@M1 @M18
Feature: Troubles at the opening
  Hands, strings and jams: nobody is hurt, nobody is paid twice, and the machine says what it waits for.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50
    And Sari holds her QR before the machine

  Scenario: A hand that stays in the opening
    Given Sari's hand stays in the opening
    When she lets go of a glass bottle
    Then nothing moves, and nothing is paid
    When her hand is out
    Then the machine keeps it and shows 60 points

  Scenario: An arm that reaches in while the bottle moves
    When an arm reaches in while her glass bottle moves
    Then the machine stands still and asks to take the hand out
    When her hand is out
    Then the machine gives the bottle back, and nothing is paid

  Scenario: A bottle that is exchanged after it was recognised
    When she exchanges her glass bottle for a newspaper right after it was recognised
    Then the machine gives it back as another thing, and nothing is paid

  Scenario: A bottle that is stuck comes loose
    When her glass bottle gets stuck once on its way in
    Then the machine keeps it and shows 60 points

  @M7
  Scenario: A camera whose cable comes off
    When the camera's cable comes off
    Then the machine takes nothing more, and names its camera
    When the cable is put back
    Then the machine serves people again

  @P13
  Scenario: A bottle on a string
    Given Sari has been paid for a glass bottle
    When it is pulled out again
    Then her visit is over, and the screen says why
    And an alarm tells of an item that was pulled back
    And Sari's balance is 60 points
