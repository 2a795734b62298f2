package node

func fsync() { one() }
