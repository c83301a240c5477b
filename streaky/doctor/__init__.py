"""The doctor: all that a run depends on, looked at in one go, each thing ok or with its mend."""

from streaky.doctor.checkup import examine
from streaky.doctor.verdict import Checkup, Level, Verdict

__all__ = ["Checkup", "Level", "Verdict", "examine"]
