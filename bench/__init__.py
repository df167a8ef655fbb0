"""How fast the judge is, beside other ways of doing the same work: `python -m bench` (`make bench`)."""
