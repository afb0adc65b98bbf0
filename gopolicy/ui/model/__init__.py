"""What the window knows and does, without a window: games, what the network says of them, and every command.

Nothing here imports pygame or loads a network.
"""
