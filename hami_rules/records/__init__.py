"""Records: what can be judged, one module a family."""
