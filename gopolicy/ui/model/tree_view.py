"""The drawn variation tree: its layout, made anew when the tree has changed, and the part that is in view."""

from typing import Final

from gopolicy.records.node import Node
from gopolicy.ui.model.cursor import Cursor
from gopolicy.ui.model.tree_layout import Place, TreeLayout, lay_out

AHEAD: Final = 0.6  # share of the view that lies before the cursor


class TreeView:
    """The variation tree of a cursor, scrolled to the cursor until it is scrolled by hand."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._layout: TreeLayout | None = None
        self._edits = -1
        self._scrolled: Place | None = None
        self._scrolled_at = -1  # the cursor's version

    @property
    def layout(self) -> TreeLayout:
        """Where every node stands."""
        edits, layout = self._cursor.edits - self._edits, self._layout
        if layout is None or (edits and not (edits == 1 and layout.extend(self._cursor.node))):
            layout = lay_out(self._cursor.tree.root)
        self._layout, self._edits = layout, self._cursor.edits
        return layout

    def corner(self, columns: int, rows: int) -> Place:
        """Return the upper left place of a view of so many columns and rows."""
        here = self.layout.places[self._cursor.node]
        if self._scrolled is not None and self._scrolled_at == self._cursor.version:
            wanted = self._scrolled
        else:
            wanted = Place(here.column - int(columns * AHEAD), here.row - rows // 2)
        return self._inside(wanted, columns, rows)

    def scroll(self, by_columns: int, by_rows: int, columns: int, rows: int) -> None:
        """Move a view of so many columns and rows; the next step of the cursor takes it back."""
        corner = self.corner(columns, rows)
        self._scrolled = self._inside(Place(corner.column + by_columns, corner.row + by_rows), columns, rows)
        self._scrolled_at = self._cursor.version

    def node_at(self, place: Place) -> Node | None:
        """Return the node at a place."""
        return self.layout.nodes.get(place)

    def _inside(self, place: Place, columns: int, rows: int) -> Place:
        layout = self.layout
        column = min(max(place.column, 0), max(layout.columns - columns, 0))
        return Place(column, min(max(place.row, 0), max(layout.rows - rows, 0)))
