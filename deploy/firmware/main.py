"""Runs after boot.py: the loop of the microcontroller, from the slot that was chosen."""

from rvm_esp32 import live

live()
