"""Build hook: fetches the font and the icons from their npm packages (docs/adr/0008)."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from entrypoints.assets.npm import AssetsNotFetched, fetch_all  # noqa: E402  (needs the line above)


class FetchAssets(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        assets = HERE / "entrypoints" / "assets"
        try:
            fetch_all(assets / "vendor.json", assets / "vendor")
        except AssetsNotFetched as missing:
            self.app.display_warning(f"{missing}\nThe screens will use the system's fonts, without icons.")
