"""Tools for whoever edits the course: build the notebooks, check them, run them, publish their outputs."""
