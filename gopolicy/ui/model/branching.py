"""The variation tree: going to a node, deleting, restoring and reordering variations."""

from gopolicy.records.node import Node
from gopolicy.ui.model.language import tr
from gopolicy.ui.model.session import Session
from gopolicy.ui.model.tree_layout import Place


class Branching:
    """The commands of the variation tree."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._deleted: list[tuple[Node, int, Node]] = []  # parent, place among its children, the node

    def go_to(self, column: int, row: int) -> None:
        """Go to the node at a place of the drawn tree."""
        node = self._session.tree_view.node_at(Place(column, row))
        if node is not None:
            self._session.moved(self._session.cursor.go(node))

    def delete(self) -> None:
        """Delete the move on the board with all that follows it."""
        session, node = self._session, self._session.cursor.node
        parent = node.parent
        if parent is None:
            session.screen.say(tr("the start of the record cannot be deleted"))
            return
        self._deleted.append((parent, parent.children.index(node), node))
        session.cursor.go(parent)
        session.tree.remove(node)
        self._edited(parent)
        count = _size(node)
        session.screen.say(tr("deleted {count} moves: Ctrl+Shift+Z puts them back", count=count))

    def restore(self) -> None:
        """Put back what was deleted last, again: what was deleted before that; or a move that was taken back here."""
        session = self._session
        if not self._deleted or not _is_in(self._deleted[-1][0], session.tree.root):
            if session.cursor.redo():
                self._edited(session.cursor.node)
            else:
                session.screen.say(tr("nothing was deleted here"))
            return
        parent, place, node = self._deleted.pop()
        parent.children.insert(place, node)
        node.parent = parent
        session.cursor.go(node)
        self._edited(parent)

    def move_up(self) -> None:
        """Move this variation up among those of the same move."""
        self._reorder(-1)

    def move_down(self) -> None:
        """Move this variation down."""
        self._reorder(1)

    def make_main_line(self) -> None:
        """Make the line that leads here the main line."""
        changed = self._session.tree.make_main_line(self._session.cursor.node)
        if changed:
            self._edited(*changed)
        self._session.screen.say(tr("this is the main line now") if changed else tr("this is the main line"))

    def _reorder(self, by: int) -> None:
        node = self._session.cursor.fork
        if node is None or node.parent is None:
            self._session.screen.say(tr("no variation here"))
            return
        siblings = node.parent.children
        place = siblings.index(node)
        if not 0 <= place + by < len(siblings):
            self._session.screen.say(tr("this is the first variation") if by < 0 else tr("this is the last variation"))
            return
        siblings.insert(place + by, siblings.pop(place))
        self._edited(node.parent)
        self._session.screen.say(tr("variation {number} of {total}", number=place + by + 1, total=len(siblings)))

    def _edited(self, *nodes: Node) -> None:
        """Note that the children of nodes have changed."""
        self._session.cursor.edited()
        self._session.changed(*nodes)
        self._session.moved(True)


def _size(node: Node) -> int:
    """Return how many nodes a branch holds."""
    count, waiting = 0, [node]
    while waiting:
        waiting += waiting.pop().children
        count += 1
    return count


def _is_in(node: Node, root: Node) -> bool:
    return node.path()[0] is root
