"""Pages for people, and their pictures: what a result asks of its topic (``topics``), each a file of its own."""
