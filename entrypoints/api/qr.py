"""A session's QR code, as a drawing and as pixels (ISO/IEC 18004, by segno).

Alphanumeric mode, error level M, at most version 7: a longer code decodes badly in front of a machine.
"""

from __future__ import annotations

import base64
import io

import segno

LARGEST_VERSION = 7
BORDER = 4
"""Modules of quiet around the code, as the standard asks."""
SCALE = 12
"""Pixels to a module: 53 modules and the border are 636 pixels."""


class TooLongForQr(ValueError):
    """The text does not fit into a code that machines read well."""


def svg(text: str) -> str:
    """Return the code as an SVG element that scales to wherever it is put. Raises TooLongForQr."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", border=BORDER, dark="#000", light="#fff", xmldecl=False, omitsize=True, nl=False)
    return out.getvalue().decode("ascii")


def png(text: str) -> bytes:
    """Return the code as a PNG of SCALE pixels to a module. Raises TooLongForQr."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=SCALE, border=BORDER, dark="#000", light="#fff")
    return out.getvalue()


def png_uri(text: str) -> str:
    """Return the PNG as a `data:` address, for an <img> that can carry no access token."""
    return "data:image/png;base64," + base64.b64encode(png(text)).decode("ascii")


def _code(text: str) -> segno.QRCode:
    try:
        code = segno.make_qr(text, error="m", mode="alphanumeric", boost_error=False)
    except ValueError as odd:
        raise TooLongForQr(f"this text makes no alphanumeric code: {odd}") from odd
    if int(code.version) > LARGEST_VERSION:
        raise TooLongForQr(f"version {code.version} is larger than {LARGEST_VERSION}")
    return code
