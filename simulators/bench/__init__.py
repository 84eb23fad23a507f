"""A workbench: gpiozero's mock pins wired to the physical models, in virtual time."""
