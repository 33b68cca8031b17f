"""Every error that riskmodel raises on purpose.

    RiskModelError                 exit code
    ├── UsageError                     2      the command or the settings are wrong
    ├── CheckFailed                    1      the command ran and its check failed
    ├── DataError                      3      data that cannot be used
    │   ├── RejectedFile                      a whole file is unusable
    │   ├── DatabaseAway                      the database does not answer
    │   ├── LakeError                         the lake is damaged or does not hold what was asked for
    │   ├── PolicyError                       a policy file or value is unusable
    │   │   └── NothingInForce                no value for this kind, area and date
    │   └── BundleError                       a model file is damaged, dangerous or does not fit
    ├── StorageError                   3      the disk refuses: full, read-only, broken
    ├── BusyError                     75      somebody else holds the lock
    └── StoppedError                  75      work that was stopped midway; running it again goes on

A message says what is wrong, where, why, and what to do next.
"""

from __future__ import annotations


class RiskModelError(Exception):
    """Root of all errors raised on purpose; `exit_code` is what the command line returns."""

    exit_code = 1


class UsageError(RiskModelError):
    """The command, an option or a setting is wrong."""

    exit_code = 2


class CheckFailed(RiskModelError):
    """A check ran to its end and found something."""

    exit_code = 1


class DataError(RiskModelError):
    """Data that cannot be used as it is."""

    exit_code = 3


class RejectedFile(DataError):
    """A file that cannot be used at all; nothing of it was loaded."""


class DatabaseAway(DataError):
    """The database does not answer; try again later."""


class LakeError(DataError):
    """The lake is damaged, or does not hold what was asked for."""


class PolicyError(DataError):
    """A policy file or value that cannot be used."""


class NothingInForce(PolicyError):
    """No policy value of this kind is in force for this area and date."""


class BundleError(DataError):
    """A model file that is damaged, dangerous or does not fit the feature set."""


class StorageError(RiskModelError, OSError):
    """The disk refuses to write or to read; nothing half-written is visible."""

    exit_code = 3


class BusyError(RiskModelError):
    """Another process holds the lock; try again later."""

    exit_code = 75


class StoppedError(RiskModelError):
    """Work that was stopped midway, such as by a kill; running it again goes on where it stopped."""

    exit_code = 75
