"""`python -m hami_rules` is the `hami` command."""

from hami_rules.cli import main

if __name__ == "__main__":
    main()
