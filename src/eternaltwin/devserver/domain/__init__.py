"""Pure values and rules of the development server: records, names, codes, times. Nothing here keeps state."""
