"""``python -m coordina``: the command line."""

from coordina.config.cli import main

if __name__ == "__main__":
    main()
