"""Which functions a piece of code calls, as far as its text tells.

Go is read with its types, as far as they are written down (`go_module`, `go_types`, `go_calls`); of other languages
only the names are compared (`by_name`). What cannot be told is never left out in silence: it is an open call.
"""
