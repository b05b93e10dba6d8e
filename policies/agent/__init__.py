"""Controls on SSM Agent itself, as far as AWS can tell: version, image, updates."""
