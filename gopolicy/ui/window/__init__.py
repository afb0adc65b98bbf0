"""The window itself: events, the network's thread, the desktop's dialogs and clipboard, sounds."""
