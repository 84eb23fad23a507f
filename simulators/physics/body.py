"""One machine's body: motor, belt, sensors, bin and air, in steps of a millisecond of virtual time."""

from __future__ import annotations

from random import Random

from attrs import define, field

from simulators.physics.air import Air
from simulators.physics.belt import IN_BEAM_UM, OUT_BEAM_UM, Belt
from simulators.physics.contact import Contact
from simulators.physics.echo import EchoSensor
from simulators.physics.motor import DcMotor

STEP_US = 1_000
FREE_SPEED_UM_PER_US = 0.5
"""How fast the belt runs at the motor's free speed: half a metre a second."""


@define
class Body:
    """All that is physical. Same seed, same touches: same body."""

    seed: int
    motor: DcMotor = field(factory=DcMotor)
    belt: Belt = field(factory=Belt)
    now_us: int = 0
    chance: Random = field(init=False)
    in_beam: Contact = field(init=False)
    out_beam: Contact = field(init=False)
    item_sensor: Contact = field(init=False)
    echo: EchoSensor = field(init=False)
    air: Air = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make the parts that share this body's chance."""
        self.chance = Random(self.seed)
        self.in_beam = Contact(self.chance)
        self.out_beam = Contact(self.chance)
        self.item_sensor = Contact(self.chance)
        self.echo = EchoSensor(self.chance)
        self.air = Air(self.chance)

    def step(self) -> None:
        """Let one millisecond pass."""
        self.now_us += STEP_US
        if not self.motor.at_rest:
            self.belt.move(self.motor.advance(STEP_US) * FREE_SPEED_UM_PER_US)

    def in_beam_dark(self) -> bool:
        """Read the wire of the sensor at the bin's edge."""
        return self.in_beam.read(self.belt.dark(IN_BEAM_UM), self.now_us)

    def out_beam_dark(self) -> bool:
        """Read the wire of the sensor at the opening."""
        return self.out_beam.read(self.belt.dark(OUT_BEAM_UM), self.now_us)

    def item_seen(self) -> bool:
        """Read the wire of the item sensor."""
        return self.item_sensor.read(self.belt.occupied, self.now_us)
