"""Tests of accounts, sign-ins, and the adapters of identity."""
