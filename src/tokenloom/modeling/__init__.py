"""Models: our own transformer, pretrained ones, adapters, loss, generation (torch from here upwards)."""
