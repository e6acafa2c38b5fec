"""``python -m countervail``: the command line, where its script is not on the path."""

from countervail.cli import main

if __name__ == "__main__":
    main()
