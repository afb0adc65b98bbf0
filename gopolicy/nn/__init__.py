"""The network: AlphaGo's, its form in training, and its files."""

from gopolicy.nn.model_file import ModelFacts, load_model, save_model
from gopolicy.nn.network import NetworkConfig, PolicyNetwork, parameter_count
from gopolicy.nn.tensor_file import CheckpointError

__all__ = [
    "CheckpointError",
    "ModelFacts",
    "NetworkConfig",
    "PolicyNetwork",
    "load_model",
    "parameter_count",
    "save_model",
]
