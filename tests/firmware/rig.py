"""What the firmware's core needs around it: pins on the physical models, flash and a store in memory."""

from rvm_firmware.device import Device

from simulators.physics.body import STEP_US, Body


class Flash:
    boots = passed_in = passed_out = 0

    def booted(self):
        self.boots += 1

    def count(self, came_in, came_out):
        self.passed_in += came_in
        self.passed_out += came_out


class Store:
    image = b""

    def begin(self):
        self.image = b""

    def append(self, data):
        self.image += data

    def commit(self):
        return True


class Parts:
    fitted = 63
    cause = 0

    def __init__(self, body):
        self.body = body
        self.wants_restart = False
        self.colour = None

    def drive(self, duty):
        self.body.motor.drive(duty / 100, self.body.now_us)

    def current_ma(self):
        return round(self.body.motor.current_ma)

    def in_dark(self):
        return self.body.in_beam_dark()

    def out_dark(self):
        return self.body.out_beam_dark()

    def echo_us(self):
        return self.body.echo.ping(self.body.air.celsius)

    def climate(self):
        return self.body.air.measure()

    def light(self, *colour):
        self.colour = colour

    def restart(self):
        self.wants_restart = True


class Microcontroller:
    """The core on physics; has what `tests.serial_link.vectors.converse` and `joined.Joined` ask of a device."""

    def __init__(self, seed=1):
        self.body = Body(seed)
        self.parts = Parts(self.body)
        self.flash = Flash()
        self.store = Store()
        self.core = Device(self.parts, self.flash, self.store)

    def receive(self, data):
        return self.core.receive(data)

    def advance(self, now_us):
        while self.body.now_us + STEP_US <= now_us:
            self.body.step()
            self.core.tick(self.body.now_us // 1_000)
            if self.parts.wants_restart:
                self.boot(cause=1)

    def wait_ms(self, ms):
        self.advance(self.body.now_us + ms * 1_000)

    def boot(self, *, cause=3):
        self.parts = Parts(self.body)
        self.parts.cause = cause
        self.core = Device(self.parts, self.flash, self.store)

    def duty(self):
        return round(100 * self.body.motor.duty)

    def starts(self):
        return len(self.body.motor.starts)

    def image(self):
        return self.store.image
