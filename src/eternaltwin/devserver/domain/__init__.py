"""Values and rules of the development server, without I/O: records, names, errors, codes, passwords and clocks."""
