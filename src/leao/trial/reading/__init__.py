"""A real trial's table: what its columns, rows, visits and lengths mean, and what of it is not used."""
