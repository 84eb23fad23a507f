"""What every screen shares: tokens, font and icons.

    app.mount("/assets", StaticFiles(directory=FOLDER))

serves `/assets/tokens.css` and, when the build could fetch them, the font and the icons in `/assets/vendor/`.
An icon is `<svg class="icon" aria-hidden="true"><use href="/assets/vendor/icons.svg#recycle"/></svg>`; its name
stands in `vendor.json`. A missing icon leaves a blank: no screen depends on one to be understood.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
