@M10 @M18 @P2
Feature: The plug is pulled
  Whatever the machine was at, an item that stayed inside is paid once, and one that did not is not paid.

  Background:
    Given glass is worth 60 points, a can 80 and plastic 50
    And Sari holds her QR before the machine

  Scenario Outline: Power fails at a glass bottle
    When the power fails <moment>
    And the power comes back
    Then the bottle is <place> and Sari's balance is <points> points

    Examples:
      | moment                              | place     | points |
      | while it is being recognised        | given back | 0     |
      | once it was decided to keep it      | given back | 0     |
      | right after it fell into the bin    | kept      | 60     |
      | after it was settled                | kept      | 60     |

  Scenario: The same person may scan again after a power cut
    When the power fails while it is being recognised
    And the power comes back
    And she takes her bottle, gets another QR and deposits it
    Then Sari's balance is 60 points
