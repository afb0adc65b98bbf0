"""Learning: corpora to batches, the loop, runs on disk, and how good the outcome is."""
