"""Parts on the pins of the header: item sensor, stepper, door, light, motor, and a chute made of them."""
