"""Tables: separated values and spreadsheets."""
