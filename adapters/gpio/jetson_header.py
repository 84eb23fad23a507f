"""The 40-pin header of the Jetson Orin Nano as gpiozero describes boards.

Places and BCM numbers: `JETSON_ORIN_NX_PIN_DEFS` of Jetson.GPIO 2.1.13, which serves the Orin Nano too. Three of them
can have hardware PWM, once the pinmux gives it to them; there is no other.
"""

from __future__ import annotations

from gpiozero import BoardInfo, HeaderInfo, PinInfo

BCM_BY_PLACE = {
    7: 4, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
WITH_PWM = frozenset({12, 13, 22})
"""BCM numbers."""
ROWS, COLUMNS = 20, 2


def orin_nano() -> BoardInfo:
    """Describe the board."""
    pins = {place: _pin(place, bcm) for place, bcm in BCM_BY_PLACE.items()}
    return BoardInfo(
        revision="p3767",
        model="Jetson Orin Nano",
        pcb_revision="",
        released="2023",
        soc="Tegra234",
        manufacturer="NVIDIA",
        memory=8_192,
        storage="MicroSD",
        usb=4,
        usb3=4,
        ethernet=1,
        eth_speed=1_000,
        wifi=True,
        bluetooth=True,
        csi=2,
        dsi=0,
        headers={"J12": HeaderInfo(name="J12", rows=ROWS, columns=COLUMNS, pins=pins)},
        board="",
    )


def _pin(place: int, bcm: int) -> PinInfo:
    row, col = divmod(place - 1, COLUMNS)
    return PinInfo(
        number=place,
        name=f"GPIO{bcm}",
        names=frozenset({bcm, str(bcm), f"GPIO{bcm}", f"BCM{bcm}", f"BOARD{place}", f"J12:{place}"}),
        pull="",
        row=row + 1,
        col=col + 1,
        interfaces=frozenset({"gpio", "pwm"} if bcm in WITH_PWM else {"gpio"}),
    )
