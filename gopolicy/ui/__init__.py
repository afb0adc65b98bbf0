"""The board window: a session to play and review in, drawn with pygame, fed by a network in another thread.

session (model) < view, controller < app.  The model knows no pygame; nothing here loads a network.
"""
