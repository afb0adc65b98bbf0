"""The limits on what is read from elsewhere, each with its reason.

They bound time and memory by the size of the input: a file of a megabyte, however it was made, costs at most half a
gigabyte and seconds, not hours.  Nothing that players have recorded comes near them.
"""

from typing import Final

# A month of games in one collection is 14 MB; what is larger than this is no record.
MAX_FILE_BYTES: Final = 256 * 2**20
# Records shrink to a fifth, many copies of one to a fiftieth; what unpacks to more than this was made to do harm.
MAX_EXPANSION: Final = 100
# Small archives may unpack to this much all the same: a tar pads each file to whole kilobytes.
MAX_UNPACKED: Final = 64 * 2**20
# The largest archive of a Go server holds some hundred thousand records.
MAX_MEMBERS: Final = 1_000_000
# A year of a Go server in one file.
MAX_GAMES: Final = 1_000_000
# The longest game ever recorded has some 500 moves, the longest of programs some thousands; corpora count in 16 bits.
MAX_EVENTS: Final = 65_535
# Collections of openings hold up to 200,000 nodes; a node takes up to 400 bytes of memory.
MAX_NODES: Final = 1_000_000
# A few letters can set up a whole board, so that their number does not bound the stones.
MAX_SETUP_STONES: Final = 2_000_000
# Names are longer in no server; a corpus keeps so much of one.
MAX_NAME: Final = 100
