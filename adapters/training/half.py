"""Whether this processor multiplies in bfloat16 by itself.

Where it does, a step of the classifier's teaching takes half the time; elsewhere PyTorch would imitate the format,
slower than float32.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch


def has_bfloat16() -> bool:
    """Tell whether products in bfloat16 are the processor's own (False too where an older PyTorch cannot tell)."""
    capabilities: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(bool(capabilities.get(name)) for name in ("avx512_bf16", "amx_bf16"))
