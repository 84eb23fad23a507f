@M5 @M23
Feature: The machine's body
  What a machine is made of is read, told, and looked after; one part that fails takes no more with it than it must.

  Scenario: Each material falls into its bin
    Given a machine with a bin for cans and a bin for bottles
    When a guest deposits a can and a bottle
    Then the can lies with the cans, and the bottle with the bottles

  Scenario: One full bin closes no machine
    Given a machine with a bin for cans and a bin for bottles
    When the bin for cans is full
    Then the machine serves
    But a can is given back, since its bin is full
    And a bottle is taken in

  Scenario: A bin that fills up is pressed together
    Given a machine with a compactor
    When its bin is three quarters full
    Then there is room in it again, without anybody's doing

  Scenario: Nobody is pressed
    Given a machine with a compactor
    When its door stands open, and its bin is three quarters full
    Then nothing presses

  @M12 @P11
  Scenario: What the body measures reaches the operator
    Given a machine that has taken in a bottle
    Then it tells of its bin, its air, its door, its motor and its firmware

  @M12 @P11
  Scenario: A sensor that dies is told, and people are served
    Given a machine that has taken in a bottle
    When its climate sensor dies
    Then the machine serves
    But it tells that the climate sensor is broken, and somebody is to look after it

  @M24
  Scenario: A controller that speaks another version is given this release's firmware
    Given a machine whose controller has firmware of another version
    When the machine looks after its firmware
    Then the controller runs this release's firmware
    And an item can be moved

  @M6
  Scenario: A cable that is disturbed loses no bottle and counts none twice
    Given a machine whose controller is reached over a disturbed cable
    When five bottles are moved in, one after the other
    Then five bottles were counted, and five lie in the bin

  @M7
  Scenario: A machine that sees nothing serves nobody
    Given a machine that has taken in a bottle
    When something covers its lens
    Then the machine serves nobody, and says that its camera is dark
    When the lens is free again
    Then the machine serves
