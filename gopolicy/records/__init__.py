"""Game records: SGF files, folders and archives of them, read forgivingly and one game at a time.

for record in read_records("games.zip"):
    for game, move in record.replay():
        ...
"""

from gopolicy.records.problems import RecordError
from gopolicy.records.record import Record, read_records

__all__ = ["Record", "RecordError", "read_records"]
