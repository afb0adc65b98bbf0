"""Sheets of Go diagrams as pictures; these modules import matplotlib, so only what draws loads them."""
