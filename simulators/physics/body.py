"""One machine's body: motor, belt, sensors, bins, door and air, in steps of a millisecond of virtual time."""

from __future__ import annotations

from random import Random

from attrs import define, field

from simulators.physics.air import Air
from simulators.physics.belt import IN_BEAM_UM, OUT_BEAM_UM, Belt, Item
from simulators.physics.bins import PRESSED_TO, Bin, Flap, Press
from simulators.physics.contact import Contact
from simulators.physics.door import Door
from simulators.physics.echo import EchoSensor
from simulators.physics.motor import DcMotor

STEP_US = 1_000
FREE_SPEED_UM_PER_US = 0.5
"""How fast the belt runs at the motor's free speed: half a metre a second."""


@define
class Body:
    """All that is physical. Same seed, same touches: same body."""

    seed: int
    bin_names: tuple[str, ...] = ("all",)
    motor: DcMotor = field(factory=DcMotor)
    belt: Belt = field(factory=Belt)
    now_us: int = 0
    chance: Random = field(init=False)
    in_beam: Contact = field(init=False)
    out_beam: Contact = field(init=False)
    item_sensor: Contact = field(init=False)
    bins: tuple[Bin, ...] = field(init=False)
    flap: Flap = field(factory=Flap)
    press: Press = field(factory=Press)
    door: Door = field(init=False)
    air: Air = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Make the parts that share this body's chance."""
        self.chance = Random(self.seed)
        self.in_beam = Contact(self.chance)
        self.out_beam = Contact(self.chance)
        self.item_sensor = Contact(self.chance)
        self.bins = tuple(Bin(name, EchoSensor(self.chance)) for name in self.bin_names)
        self.door = Door(Contact(self.chance))
        self.belt.fell = self._fell
        self.air = Air(self.chance)

    def step(self) -> None:
        """Let one millisecond pass."""
        self.now_us += STEP_US
        if not self.motor.at_rest:
            self.belt.move(self.motor.advance(STEP_US) * FREE_SPEED_UM_PER_US)
        self.press.hurt += self.press.moving and self.door.is_open

    @property
    def echo(self) -> EchoSensor:
        """The sensor above the first bin."""
        return self.bins[0].echo

    def bin(self, name: str) -> Bin:
        """Return the bin of that name. Raises KeyError."""
        return {one.name: one for one in self.bins}[name]

    def drive_press(self, on: bool) -> None:  # noqa: FBT001 (a level)
        """Set the press's coil; a whole stroke makes room in the first bin."""
        if self.press.drive(on, self.now_us):
            self.bins[0].echo.fill_mm *= PRESSED_TO

    def in_beam_dark(self) -> bool:
        """Read the wire of the sensor at the bin's edge."""
        return self.in_beam.read(self.belt.dark(IN_BEAM_UM), self.now_us)

    def out_beam_dark(self) -> bool:
        """Read the wire of the sensor at the opening."""
        return self.out_beam.read(self.belt.dark(OUT_BEAM_UM), self.now_us)

    def item_seen(self) -> bool:
        """Read the wire of the item sensor."""
        return self.item_sensor.read(self.belt.occupied, self.now_us)

    def _fell(self, item: Item) -> None:
        number = min(self.flap.leads_to(self.now_us), len(self.bins) - 1)
        self.bins[number].drop(item.tag)
