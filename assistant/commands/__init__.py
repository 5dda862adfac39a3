"""The sub-commands of `python -m assistant`, one file a subject."""
