"""The network: AlphaGo's, its batch normalization in training, and its files."""

from gopolicy.nn.checkpoint import CheckpointError, load_model, save_model
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, parameter_count

__all__ = ["CheckpointError", "NetworkConfig", "PolicyNetwork", "load_model", "parameter_count", "save_model"]
