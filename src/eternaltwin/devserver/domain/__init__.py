"""Pure values and rules of the development server: records, names, codes, times. No server state is kept here."""
