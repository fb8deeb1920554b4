"""Tasks that look at datasets or make new versions of them."""
