"""The board window: window > drawing > panels > model, each importing only what stands behind it."""
