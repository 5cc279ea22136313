"""Work on several rows that belong to the portal itself: accounts."""
