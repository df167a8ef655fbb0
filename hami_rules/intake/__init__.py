"""Intake: from files to records, every problem located, nothing silently skipped."""
