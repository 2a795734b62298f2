"""What the language means, written down as simply as possible; everything faster is compared with this."""
