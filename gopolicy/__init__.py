"""gopolicy: AlphaGo's supervised policy network for Go, trained on game records, for people to use.

Importing the package loads nothing heavy; `gopolicy.records`, `gopolicy.features`, `gopolicy.nn` and
`gopolicy.policy` are the doors that other programs use.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("gopolicy")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"
