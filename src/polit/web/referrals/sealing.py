"""Where reports lie as they came."""

from polit.web.core.sealing import SealedFolder

ORIGINALS = SealedFolder("referrals.key", "referrals", "a report")
