"""Tests of the house itself: import rules, purity, documents that must be current."""
