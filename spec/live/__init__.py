"""What an editor asks about a specification while it is written."""
