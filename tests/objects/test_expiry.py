"""What is due is removed and nothing else, on both stores."""

import pytest

from adapters.clock.system import SystemClock
from adapters.objects.folder import FolderObjects
from adapters.objects.tickets import Tickets
from application.platform.expire_objects import ExpireObjects
from domain.objects.content import Content
from domain.objects.name import Bucket, ObjectName
from domain.objects.policy import DAY
from tests.api.travel import TravelClock
from tests.objects.stores import s3_objects


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.xdist_group("s3"))])
def objects(request, tmp_path):
    if request.param == "folder":
        return FolderObjects(tmp_path, Tickets(b"k" * 32), SystemClock(trusted=True), "/objects")
    return s3_objects(request.getfixturevalue("s3_server"), "expiry")


def test_what_is_due_goes_and_the_rest_stays(objects):
    types = {Bucket.IMAGES: "image/jpeg", Bucket.EXPORTS: "text/csv", Bucket.MODELS: "application/zip"}
    for bucket, media_type in types.items():
        for key in ("a", "incoming/a"):
            objects.put(ObjectName(bucket, key), Content.of(b"x", media_type), b"x")
    clock = TravelClock(SystemClock(trusted=True))
    expire = ExpireObjects(objects, clock, {Bucket.IMAGES: 7 * DAY})

    def left():
        return [str(each.name) for bucket in Bucket for each in objects.list(bucket)]

    assert expire() == 0
    with clock.ahead(2 * 86_400):
        assert expire() == 3
    assert left() == ["images/a", "models/a", "exports/a"]
    with clock.ahead(8 * 86_400):
        assert expire() == 1
    with clock.ahead(31 * 86_400):
        assert expire() == 1
    with clock.ahead(3_650 * 86_400):
        assert expire() == 0
    assert left() == ["models/a"]
    objects.delete(ObjectName(Bucket.MODELS, "a"))
