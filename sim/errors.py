"""The one error a user is meant to see."""


class InputError(ValueError):
    """Bad input: one line that says where it is wrong and what to do. The command line exits with 2."""


class IncompleteWarning(UserWarning):
    """A results folder holds fewer runs than it should."""
