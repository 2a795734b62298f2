"""What commands and reports share: messages, exit codes, paths, progress."""
