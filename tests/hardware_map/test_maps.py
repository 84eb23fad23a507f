"""The hardware map: both maps that ship, and every way in which one can be wrong."""

import pytest

from adapters.hardware_map.camera import CameraKind, LightMode, Turn
from adapters.hardware_map.header import PLACES
from adapters.hardware_map.parts import Active, At, Drive
from adapters.hardware_map.read import DEFAULT, HEADER, BadHardwareMap, map_of, read_map
from domain.deposits.recognition import CONTAINERS, Material
from tests.hardware_map.sections import MAPS, USB, with_camera

ESP32, FIRST = MAPS["esp32"], MAPS["header"]


def problems(text):
    with pytest.raises(BadHardwareMap) as bad:
        map_of(text, "some.toml")
    assert all(line.startswith("some.toml: ") for line in str(bad.value).splitlines())
    return [str(problem) for problem in bad.value.problems]


def test_the_default_map():
    made = read_map(DEFAULT)
    assert (made.microcontroller.device, made.microcontroller.baud) == ("/dev/ttyTHS1", 115_200)
    assert (made.item_sensor.pin, made.item_sensor.active) == (18, Active.LOW)
    assert (made.stepper.step, made.stepper.direction, made.stepper.enable) == (23, 24, 25)
    assert (made.door.pin, made.door.contact) == (27, 22)
    assert {made.led.at, made.climate.at, made.bins[0].at} == {At.MICROCONTROLLER}
    assert made.chute.driven_by is Drive.MOTOR
    assert sorted(pin for pin, _ in made.pins()) == [18, 22, 23, 24, 25, 27]


def test_the_owners_first_wiring():
    made = read_map(HEADER)
    assert made.microcontroller is None
    assert made.motor is None
    assert (made.bins[0].trigger, made.bins[0].echo) == (12, 13)
    assert (made.climate.pin, made.led.pin) == (4, 10)
    assert made.chute.driven_by is Drive.STEPPER
    assert sorted(pin for pin, _ in made.pins()) == [4, 10, 12, 13, 18, 23, 24, 25, 27]


TWO_BINS = """
[[bins]]
name = "glass"
at = "header"
trigger = 5
echo = 6
empty_mm = 700
full_mm = 100
takes = ["glass"]
[diverter]
kind = "solenoid"
pin = 16
hold_ms = 6000
[compactor]
kind = "relay"
pin = 20
hold_ms = 8000
"""


def test_two_bins_with_a_diverter_and_a_compactor():
    made = map_of(ESP32 + TWO_BINS)
    assert [one.name for one in made.bins] == ["all", "glass"]
    assert made.diverter.pin == 16
    assert made.compactor.hold_ms == 8_000
    assert [one.takes for one in made.bins] == [CONTAINERS, {Material.GLASS}]


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("hold_ms = 6000", "hold_ms = 4000", "diverter.hold_ms: is 4000, and an item may take 4000"),
        (
            "contact = 22",
            "",
            "compactor: may only press while a door's contact says that it is shut, and there is none",
        ),
        ('["glass"]', '["gold"]', "bins[2].takes: is ['gold'], not a list of 'cardboard', 'glass', 'metal'"),
        ('["glass"]', "[]", "bins[2].takes: is [], not a list of"),
    ],
)
def test_what_is_wrong_with_two_bins_is_told(was, becomes, problem):
    text = ESP32 + TWO_BINS
    assert was in text
    assert any(told.startswith(problem) for told in problems(text.replace(was, becomes)))


def test_wires_are_known_by_name_and_by_what_they_are_active_at():
    made = map_of((ESP32 + TWO_BINS).replace("pin = 16", 'pin = 16\nactive = "low"'))
    assert made.numbers()["stepper.enable"] == 25
    assert made.numbers()["bins.glass.echo"] == 6
    assert made.active_low() == {"item_sensor.pin", "diverter.pin"}


CSI = """kind = "csi"
sensor = 1
turn = 270
region = [0, 200, 720, 800]
exposure_us = 8000
gain = 2
white_balance = "daylight"
"""


def test_a_camera_on_the_ribbon_has_a_number_instead_of_a_device():
    camera = map_of(with_camera(CSI)).camera
    assert (camera.kind, camera.device, camera.sensor) == (CameraKind.CSI, None, 1)
    assert (camera.width, camera.height, camera.fps) == (1_280, 720, 30)
    assert (camera.turn, camera.region) == (Turn.THREE_QUARTERS, (0, 200, 720, 800))
    assert (camera.exposure_us, camera.gain) == (8_000, 2)
    assert camera.white_balance == LightMode.DAYLIGHT.number == 5
    assert camera.films


def test_a_usb_camera_may_be_held_to_light_and_focus():
    camera = map_of(with_camera(USB + "white_balance = 4500\nfocus = 30\nexposure_us = 5000\n")).camera
    assert (camera.white_balance, camera.focus, camera.exposure_us, camera.gain) == (4_500, 30, 5_000, None)
    free = map_of(ESP32).camera
    assert (free.white_balance, free.focus, free.exposure_us, free.turn, free.region) == (
        None,
        None,
        None,
        Turn.NONE,
        None,
    )


@pytest.mark.parametrize(("kind", "loop"), [("folder", ""), ("file", "loop = false")])
def test_files_in_place_of_a_camera_have_a_size_of_their_own(kind, loop):
    camera = map_of(with_camera(f'kind = "{kind}"\ndevice = "/srv/pictures"\n{loop}\n')).camera
    assert (camera.device, camera.width, camera.films) == ("/srv/pictures", 0, False)
    assert camera.loop is (kind == "folder")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (USB + "sensor = 0\n", "camera.sensor: there is no such field; it has device, exposure_us"),
        (CSI + 'device = "/dev/video0"\n', "camera.device: there is no such field"),
        ('kind = "folder"\n', "camera.device: is missing (a text)"),
        ('kind = "folder"\ndevice = "a"\nwidth = 640\n', "camera.width: there is no such field"),
        ('kind = "file"\ndevice = "a"\nloop = 1\n', "camera.loop: is 1, not true or false"),
        ('kind = "webcam"\n', "camera.kind: is 'webcam', not one of 'v4l2', 'csi', 'folder', 'file'"),
        (CSI.replace("270", "45"), "camera.turn: is 45, not one of 0, 90, 180, 270"),
        (CSI.replace("[0, 200, 720, 800]", "[0, 600, 720, 800]"), "camera.region: [0, 600, 720, 800] is not inside"),
        (CSI.replace("[0, 200, 720, 800]", "[0, 200, 720]"), "camera.region: is [0, 200, 720], not a list of 4"),
        (CSI.replace("[0, 200, 720, 800]", "[0, 200, 0, 800]"), "camera.region: is 0 x 800 pixels, and shows nothing"),
        (CSI.replace('"daylight"', "4500"), "camera.white_balance: is 4500, not one of 'off', 'auto'"),
        (USB + 'white_balance = "daylight"\n', "camera.white_balance: is 'daylight', not a whole number"),
        (USB + "exposure_us = 0\n", "camera.exposure_us: is 0, not 10 to 1000000"),
        (USB + "fps = 0\n", "file: this is no TOML"),
    ],
)
def test_what_is_wrong_with_a_camera_is_told(text, problem):
    found = problems(with_camera(text))
    assert any(one.startswith(problem) for one in found), found


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("schema = 1", "schema = 2", "map.schema: is 2, not 1 to 1"),
        ("schema = 1", "", "map.schema: is missing (a whole number)"),
        ('name = "esp32"', "name = 7", "map.name: is 7, not a text"),
        ("[door]", "[gate]", "gate: there is no such part"),
        ("baud = 115200", "baud = 300", "microcontroller.baud: is 300, not 9600 to 921600"),
        ("baud = 115200", 'baud = "quick"', "microcontroller.baud: is 'quick', not a whole number"),
        ("baud = 115200", "baud = true", "microcontroller.baud: is True, not a whole number"),
        ('device = "/dev/ttyTHS1"', "", "microcontroller.device: is missing (a text)"),
        ('kind = "esp32"', 'kind = "pico"', "microcontroller.kind: is 'pico', not one of 'esp32'"),
        ("pin = 18", "pin = 99", "item_sensor.pin: the header has no pin 99"),
        ("pin = 18", "pin = 14", "item_sensor.pin: pin 14 serves the UART (/dev/ttyTHS1)"),
        ("pin = 18", "pin = 3", "item_sensor.pin: pin 3 serves the I2C bus"),
        ("pin = 18", 'pin = "18"', "item_sensor.pin: is '18', not a pin's BCM number"),
        ("pin = 18", "", "item_sensor.pin: is missing (a pin's BCM number)"),
        ("pin = 18", "pin = 23", "stepper.step: pin 23 is used by item_sensor.pin and stepper.step"),
        ("pin = 27", "pin = 25", "door.pin: pin 25 is used by stepper.enable and door.pin"),
        ('active = "low"', 'active = "maybe"', "item_sensor.active: is 'maybe', not one of 'low', 'high'"),
        ("steady_ms = 20", "steady_ms = 0", "item_sensor.steady_ms: is 0, not 1 to 500"),
        ("steady_ms = 20", "steadyness = 20", "item_sensor.steadyness: there is no such field; it has"),
        ("duty_percent = 80", "duty_percent = 101", "motor.duty_percent: is 101, not 1 to 100"),
        ('kind = "dc"\nat = "microcontroller"', 'kind = "dc"\nat = "header"', "motor.at: a DC motor needs PWM"),
        ('driven_by = "motor"', 'driven_by = "hand"', "chute.driven_by: is 'hand', not one of 'motor', 'stepper'"),
        ("width = 1280", "width = 12.5", "camera.width: is 12.5, not a whole number"),
        ("full_mm = 150", "full_mm = 900", "bins[1].full_mm: is 900, and an empty bin measures 800"),
        ("full_mm = 150", "", "bins[1].full_mm: is missing (a whole number)"),
        ("[[bins]]", "[bins]", "bins: there is at least one: [[bins]]"),
        ("[camera]", "[[camera]]", "camera: is no section"),
        ('kind = "rgb"', 'kind = "single"', "led.at: an RGB LED hangs on the microcontroller"),
    ],
)
def test_what_is_wrong_is_told_by_part_and_reason(was, becomes, problem):
    assert was in ESP32
    found = problems(ESP32.replace(was, becomes, 1))
    assert any(one.startswith(problem) for one in found), found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ESP32 + TWO_BINS.replace("[diverter]", "[door2]"), "bins: 2 bins need a diverter"),
        (ESP32 + '[diverter]\nkind = "relay"\npin = 16\n', "diverter: it leads to two bins, and there are 1"),
        (ESP32 + TWO_BINS.replace('"glass"', '"all"'), "bins: two are named 'all'"),
        (ESP32 + TWO_BINS.replace("trigger = 5", "trigger = 6"), "bins.glass.echo: pin 6 is used by"),
        (
            FIRST.replace('at = "header"', 'at = "microcontroller"'),
            "climate: hangs on a microcontroller, and there is none",
        ),
        (FIRST.replace('driven_by = "stepper"', 'driven_by = "motor"'), "chute.driven_by: there is no motor"),
        ("schema = = 1", "file: this is no TOML"),
    ],
)
def test_what_does_not_fit_together_is_told(text, problem):
    found = problems(text)
    assert any(one.startswith(problem) for one in found), found


def test_all_that_is_wrong_is_told_at_once():
    found = problems(
        ESP32.replace("pin = 18", "pin = 99").replace("baud = 115200", "baud = 1").replace("[door]", "[d]")
    )
    assert len(found) == 3


def test_an_empty_file_names_what_every_machine_has():
    found = problems("")
    assert {one.partition(":")[0].partition(".")[0] for one in found} >= {
        "map",
        "chute",
        "camera",
        "item_sensor",
        "bins",
    }


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadHardwareMap, match=r"nowhere\.toml: file: "):
        read_map(tmp_path / "nowhere.toml")


def test_every_pin_has_one_place_on_the_header():
    assert len(set(PLACES.values())) == len(PLACES) == 22
    assert all(1 <= place <= 40 for place in PLACES.values())
