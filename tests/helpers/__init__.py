"""What several suites share: a small course, a reader of pages, a server, small networks."""
