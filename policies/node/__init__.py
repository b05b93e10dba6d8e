"""Controls on the node itself: registered, heard from, healthy."""
