"""The core on an ESP32: pins as in docs/hardware.md, flash, UART 2, and the loop."""

import time

import dht
import esp32
import machine
from rvm_firmware.device import Device
from rvm_firmware.slots import Slots

CAUSES = {machine.PWRON_RESET: 0, machine.SOFT_RESET: 1, machine.WDT_RESET: 2}
EVERYTHING = 63
TRIAL_MS = 60000
FULL = 65535


class Flash:
    """What outlives power, in the ESP32's non-volatile storage (which levels its wear)."""

    def __init__(self):
        self._nvs = esp32.NVS("rvm")
        self.boots, self.passed_in, self.passed_out = (self._get(name) for name in ("boots", "in", "out"))

    def booted(self):
        """Count a start."""
        self.boots = (self.boots + 1) & 0x7FFFFFFF
        self._set(boots=self.boots)

    def count(self, came_in, came_out):
        """Count items; in flash when this returns."""
        self.passed_in += came_in
        self.passed_out += came_out
        self._set(**{"in": self.passed_in, "out": self.passed_out})

    def _get(self, name):
        try:
            return self._nvs.get_i32(name)
        except OSError:
            return 0

    def _set(self, **values):
        for name, value in values.items():
            self._nvs.set_i32(name, value)
        self._nvs.commit()


class Parts:
    """The pins."""

    fitted = EVERYTHING

    def __init__(self):
        self.cause = CAUSES.get(machine.reset_cause(), 3)
        self._motor = [machine.PWM(machine.Pin(number), freq=20000, duty_u16=0) for number in (25, 26)]
        self._current = machine.ADC(machine.Pin(34), atten=machine.ADC.ATTN_11DB)
        self._led = [machine.PWM(machine.Pin(number), freq=1000, duty_u16=0) for number in (18, 19, 21)]
        self._in = machine.Pin(27, machine.Pin.IN, machine.Pin.PULL_UP)
        self._out = machine.Pin(14, machine.Pin.IN, machine.Pin.PULL_UP)
        self._trigger = machine.Pin(32, machine.Pin.OUT, value=0)
        self._echo = machine.Pin(33, machine.Pin.IN)
        self._air = dht.DHT22(machine.Pin(4))
        self._colour, self._blink = (0, 0, 0), 0

    def drive(self, duty):
        """Drive the motor, -100 to 100 per cent."""
        inward, outward = self._motor
        # The other half of the bridge goes off first: both on is a short circuit.
        (outward if duty >= 0 else inward).duty_u16(0)
        (inward if duty >= 0 else outward).duty_u16(abs(duty) * FULL // 100)

    def current_ma(self):
        """Measure the motor's current: one volt for each ampere."""
        return self._current.read_uv() // 1000

    def in_dark(self):
        """Read the sensor at the bin's edge, active low."""
        return not self._in.value()

    def out_dark(self):
        """Read the sensor at the opening, active low."""
        return not self._out.value()

    def echo_us(self):
        """Measure the echo, microseconds; None when none came back."""
        self._trigger.on()
        time.sleep_us(10)
        self._trigger.off()
        length = machine.time_pulse_us(self._echo, 1, 30000)
        return length if 0 < length <= FULL else None

    def climate(self):
        """Measure tenths of a degree and tenths of a per cent; None when the sensor does not answer."""
        try:
            self._air.measure()
        except OSError:
            return None
        return round(10 * self._air.temperature()), round(10 * self._air.humidity())

    def light(self, red, green, blue, blink_ms):
        """Light the LED."""
        self._colour, self._blink = (red, green, blue), blink_ms
        self.blink(0)

    def blink(self, now):
        """Keep blinking."""
        on = not self._blink or now % self._blink < self._blink // 2
        for pin, colour in zip(self._led, self._colour):
            pin.duty_u16(colour * 257 if on else 0)

    def restart(self):
        """Start anew."""
        self.drive(0)
        machine.reset()


def live():
    """Listen, answer, and look at the motor, for ever. The chip's own watchdog ends a loop that hangs."""
    slots, parts = Slots(""), Parts()
    device = Device(parts, Flash(), slots)
    uart = machine.UART(2, 115200, rx=16, tx=17, rxbuf=512)
    watchdog = machine.WDT(timeout=2000)
    last = time.ticks_ms()
    now, trusted = 0, False
    while True:
        ticks = time.ticks_ms()
        now += time.ticks_diff(ticks, last)
        last = ticks
        device.tick(now)
        parts.blink(now)
        if uart.any():
            uart.write(device.receive(uart.read()))
        if device.greeted and not trusted:
            slots.trust()
            trusted = True
        elif not device.greeted and now > TRIAL_MS and slots.on_trial():
            parts.restart()
        watchdog.feed()
