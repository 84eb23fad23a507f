"""Reports as they are kept: the one of the installation, and the newest self-test. Each is whole or not there."""

from __future__ import annotations

import hashlib
import logging

from attrs import define, frozen

from application.ports.keepsake import Keepsake
from application.ports.signing import SignatureVerifier, Signer
from domain.commissioning.report import BadSignature, MalformedReport, Report, ReportKind, UnknownKey
from domain.commissioning.report_text import signed, verified

_log = logging.getLogger(__name__)


@frozen
class Kept:
    """A report, and the exact bytes that it is."""

    report: Report
    raw: bytes

    @property
    def sha256(self) -> str:
        """What it is known by."""
        return hashlib.sha256(self.raw).hexdigest()


@define
class Reports:
    """What one machine keeps of itself."""

    signer: Signer
    verifier: SignatureVerifier
    commissioning: Keepsake
    self_test: Keepsake

    def keep(self, report: Report) -> Kept:
        """Sign a report and keep it in place of the one before. Raises OSError: then that one stays."""
        raw = signed(report, self.signer)
        self._place(report.kind).keep(raw)
        return Kept(report, raw)

    def kept(self, kind: ReportKind) -> Kept | None:
        """Return the one that is kept; None where there is none, or it is not this machine's, or was changed."""
        try:
            raw = self._place(kind).kept()
            return None if raw is None else Kept(verified(raw, self.verifier, self.signer.public_key), raw)
        except (OSError, MalformedReport, UnknownKey, BadSignature) as odd:
            _log.warning("the kept report of the %s is of no use: %s", kind.value, odd)
            return None

    def _place(self, kind: ReportKind) -> Keepsake:
        return self.commissioning if kind is ReportKind.COMMISSIONING else self.self_test
