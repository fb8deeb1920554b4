"""Personal data and secrets: finding them with few false alarms, and marking them."""
