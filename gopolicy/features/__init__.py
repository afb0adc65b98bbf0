"""What the network is given: AlphaGo's 48 planes and the eight symmetries of the board."""

from gopolicy.features.batch import encode_record
from gopolicy.features.planes import FEATURES, NUM_PLANES, encode, unpack

__all__ = ["FEATURES", "NUM_PLANES", "encode", "encode_record", "unpack"]
