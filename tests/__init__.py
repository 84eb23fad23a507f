"""Unit, property, contract, house and browser tests."""
