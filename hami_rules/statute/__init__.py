"""statute."""
