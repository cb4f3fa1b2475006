"""All listings there are, for docs/output.md and the test that freezes their columns."""

from __future__ import annotations

from kcli.cli.listing import Listing
from kcli.tools import listings, listings_cluster, listings_files, listings_measures


def every_listing() -> tuple[Listing, ...]:
    """All listings, in the order of docs/output.md."""
    modules = (listings, listings_cluster, listings_files, listings_measures)
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Listing))
