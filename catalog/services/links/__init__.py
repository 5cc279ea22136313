"""Links of remote files: asking them, keeping what they answer, telling their producers."""
