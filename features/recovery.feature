@P21
Feature: The platform recovers
  Whatever is taken away, what still works is said, what was deposited is paid once, and it goes on by itself.
  Four levels: a bad release, a part that is away, no way to the platform, everything lost.

  Scenario Outline: Level 1: a bad release
    Given people who use the platform without a pause
    When a release is rolled out that <fault>
    Then it is taken back, and nobody has noticed

    Examples:
      | fault                  |
      | cannot start           |
      | never becomes healthy  |

  Scenario: Level 1: a good release
    Given people who use the platform without a pause
    When a release is rolled out that works
    Then it has taken over, and nobody has noticed

  Scenario Outline: Level 2: a part is away that the platform can do without
    Given people who use the platform without a pause
    When <part> is away
    Then the platform says so, and that <meanwhile>
    And deposits are paid all the while, and nobody is turned away
    And once it is back everything is as before

    Examples:
      | part               | meanwhile                                                          |
      | the live news      | what happens in other processes is seen two or three seconds late  |
      | the picture store  | pictures can neither be sent nor seen; deposits are paid           |

  Scenario: Level 2: the database is away
    Given people who use the platform without a pause
    When the database is away
    Then a person who asks is told at once that nothing can be done now and nothing was changed
    And machines keep what people deposit
    And once it is back everything is as before

  Scenario: Level 3: no way to the platform
    Given people who use the platform without a pause
    When nobody can reach the platform any more
    Then machines keep what people deposit
    And once it is back everything is as before

  Scenario: Level 4: everything is lost
    Given a platform that was backed up, and deposits made since
    When everything is destroyed, and the backup is brought back
    Then each deposit is paid once, those made since and meanwhile among them
