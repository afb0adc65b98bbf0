"""What the window says, and where: rows of the side panel, dialogs, help, buttons, places in the graph.  No pixels."""
