"""Pages of the pipeline that have a shape of their own: the board, and panels on an opportunity's page."""
