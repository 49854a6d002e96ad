"""`python -m search_app`: the command line."""

from search_app.cli import main

main()
