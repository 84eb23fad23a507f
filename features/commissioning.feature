@M22
Feature: A machine is commissioned, and watches itself from then on
  Whoever installs a machine is led through what has to be right, and signs for it with the machine's own key. Every night
  the machine compares itself with that day.

  Scenario: A sound machine is commissioned
    When Budi commissions the machine
    Then the machine is ready
    And the report in his name is signed by the machine

  Scenario Outline: A bad installation is found
    Given a machine whose <part> is <fault>
    When Budi commissions the machine
    Then the machine is not ready, because of <line>

    Examples:
      | part   | fault             | line               |
      | motor  | wired backwards   | the way of an item |
      | camera | out of focus      | the bottle's focus |
      | bin    | deeper than known | the bins' depths   |

  Scenario: A report that was touched is worth nothing
    Given Budi has commissioned the machine
    When somebody changes one sign of the report
    Then nobody takes it for the machine's

  Scenario: What is passed over says why
    When Budi commissions the machine without a board at hand
    Then the machine is ready with remarks, and the report says that the full bin was not measured and why

  @M19
  Scenario: Nothing turns while a hand is in the chute
    When the machine tests itself while a hand is in the chute
    Then nothing has moved, and the report says why

  @M19
  Scenario: A quiet night
    Given Budi has commissioned the machine
    When a night passes
    Then the machine has tested itself once, and serves again

  @M19
  Scenario: A motor that wears out is noticed before it fails
    Given Budi has commissioned the machine
    And its motor wears out
    When a night passes
    Then a technician is warned of the motor, and the machine serves
