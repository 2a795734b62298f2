package node

func (s Step) Only() {}
