"""A corpus beside the network: what was played in a position, and where that surprised the network.

    position_keys    64-bit keys of positions, the same for all symmetries and for swapped colors
    position_index   the file that finds a position among millions of turns; index_building, replaying: its making
    region_search    the turns at which a part of the board looked as given, by a scan
    exploration      next moves with counts, results, years and games, beside the network's probabilities
    local_shapes     keys of the surroundings of a move
    surprises        moves that the network found improbable, and whether others played them too; surprise_collection
    practice         problems from one's own games, scheduled by spaced repetition
    frequency        how often moves were played beside how probable the network finds them

README.md has measurements.
"""
