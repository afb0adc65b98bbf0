"""The targets by name."""

from . import program_targets as programs
from . import targets as files
from .targets import Target

TARGETS = {
    "sgf": Target(files.make_sgf, files.check_sgf, 500),
    "archives": Target(files.make_archive, files.check_archive, 500),
    "corpora": Target(files.make_corpus, files.check_corpus, 1000),
    "packed corpora": Target(files.make_packed_corpus, files.check_packed_corpus, 300),
    "models": Target(programs.make_model, programs.check_model, 300),
    "gtp": Target(programs.make_gtp, programs.check_gtp, 100),
    "analysis": Target(programs.make_analysis, programs.check_analysis, 500),
}
