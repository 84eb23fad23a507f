"""Tests of the screens in Chromium."""
