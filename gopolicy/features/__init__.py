"""What the network sees: AlphaGo's 48 planes and the eight symmetries of the board."""

from gopolicy.features.planes import FEATURES, NUM_PLANES, encode, encode_record, unpack

__all__ = ["FEATURES", "NUM_PLANES", "encode", "encode_record", "unpack"]
