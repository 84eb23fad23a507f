"""Test the machine itself: measure what it has by its ports, line by line, and keep the signed report.

What a number means stands in `domain.commissioning`; here it is asked for. All of it blocks, and is called off the
deciding thread.
"""
