"""Views as a machine shows them, and a kiosk in this process."""

from contextlib import contextmanager

from attrs import evolve

from adapters.vision.pictures import read_picture
from application.ports.screen import Note, ScreenName, ShownItem, View
from domain.deposits.acceptance import Reason
from domain.deposits.bodies import Opener, Outcome
from domain.deposits.recognition import Box, Material
from domain.deposits.scanning import CodeVerdict
from entrypoints.demo.pictures import PACKAGED
from entrypoints.machine.kiosk.pictures import Pictures
from entrypoints.machine.kiosk.screen import KioskScreen
from entrypoints.machine.kiosk.serving import KioskServer
from entrypoints.machine.kiosk.site import kiosk_site

ALONE = {
    ScreenName.STARTING, ScreenName.RECOVERING, ScreenName.WELCOME, ScreenName.CHECKING_CODE, ScreenName.CODE_REFUSED,
    ScreenName.OUT_OF_SERVICE, ScreenName.MAINTENANCE, ScreenName.PULLED_BACK,
}  # fmt: skip


def photograph(material, number=0):
    return sorted((PACKAGED / material).glob("*.jpg"))[number]


class Snapshots:
    """A camera with one photograph before it."""

    def __init__(self):
        self.frame = read_picture(photograph("glass"))

    def capture(self):
        return self.frame


class Kiosk:
    """A kiosk and its camera, in this process."""

    def __init__(self):
        self.camera = Snapshots()
        self.pictures = Pictures(self.camera)
        self.screen = KioskScreen(self.pictures)

    def item(self, material=Material.GLASS, **changes):
        """An item whose picture the camera has just taken; the box is the picture's middle."""
        self.camera.frame = read_picture(photograph(material.value))
        frame = self.pictures.capture()
        accepted = material in {Material.GLASS, Material.METAL, Material.PLASTIC}
        box = Box(frame.width // 4, frame.height // 4, frame.width * 3 // 4, frame.height * 3 // 4)
        item = ShownItem(
            f"item-{material.value}", accepted, Reason.CONTAINER if accepted else Reason.NOT_A_CONTAINER, material,
            974_000, box, frame.sha256, 60 if accepted else None, Outcome.STORED if accepted else Outcome.RETURNED,
        )  # fmt: skip
        return evolve(item, **changes)

    def view(self, screen):
        """A view of this name with everything in it that a machine may show there."""
        if screen in ALONE:
            return View(
                screen,
                code=CodeVerdict.EXPIRED if screen is ScreenName.CODE_REFUSED else None,
                notes=(Note.ITEM_WAITING,) if screen is ScreenName.WELCOME else (),
                parts=("camera", "motor") if screen in {ScreenName.OUT_OF_SERVICE, ScreenName.MAINTENANCE} else (),
            )
        first = self.item(Material.PAPER if screen in {ScreenName.REFUSED, ScreenName.TAKE_BACK} else Material.GLASS)
        return View(
            screen, by=Opener.SESSION, visit="visit", items=(first, self.item(Material.PLASTIC)), paid=7, returned=1,
            points=410, notes=(Note.NO_PRICES, Note.OFFLINE, Note.TIME_NOT_TRUSTED),
        )  # fmt: skip

    @contextmanager
    def served(self):
        server = KioskServer(kiosk_site(self.screen, self.pictures), "127.0.0.1:0")
        address = server.start()
        assert address is not None
        try:
            yield address.replace("127.0.0.1", "localhost")
        finally:
            server.stop()
