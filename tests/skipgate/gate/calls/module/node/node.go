package node

import (
	"errors"
	"fmt"
	"sync/atomic"

	pb "example.org/calls/generated"
	kv "example.org/calls/store"
)

// Node has everything that a receiver can be.
type Node struct {
	store   kv.Store
	disk    *kv.Disk
	peers   []*Peer
	queue   chan Peer
	current atomic.Pointer[kv.Odd]
	decide  Decider
	Peer
}

// Decider is a function.
type Decider func(int) bool

// Peer is embedded.
type Peer struct{ id int }

// Step is a type with a method, made by a conversion.
type Step int

func (p *Peer) ID() int { return p.id }

func (s Step) Next() Step { return s + one() }

func one() Step { return 1 }

func open() (*Node, error) {
	disk, err := kv.Open("x")
	if err != nil {
		return nil, errors.New("no")
	}
	n := &Node{disk: disk, decide: positive}
	return n, nil
}

func positive(i int) bool { return i > 0 }

func start() {
	n, err := open()
	if err != nil {
		return
	}
	go n.run()
	defer n.stop()
}

func (n *Node) run() { n.ID() }

func (n *Node) stop() { _ = n.store.Close() }

func throughInterface(n *Node) string { return n.store.Get("a") }

func throughFields(n *Node) error { return n.disk.Set("a") }

func throughElements(n *Node) {
	for _, p := range n.peers {
		p.ID()
	}
}

func throughChannel(n *Node) {
	select {
	case p := <-n.queue:
		p.ID()
	default:
	}
}

func throughAssertion(x any) {
	if s, ok := x.(kv.Reader); ok {
		s.Get("")
	}
	switch v := x.(type) {
	case *kv.Memory:
		v.Twice()
	case Step:
		v.Next()
	}
}

func throughConversion() { Step(1).Next().Next() }

func throughClosure(n *Node) {
	f := func() { n.run() }
	f()
}

func passed() { each(positive) }

func each(f func(int) bool) { f(1) }

func throughField(n *Node) bool { return n.decide(1) }

func throughVariables() int {
	kv.Default.Twice()
	return kv.Now()
}

func unknownButUnique(n *Node) { n.current.Load().Only() }

func unknownAndNot(n *Node) { n.current.Load().Twice() }

func outside() string { return fmt.Sprint(len("a"), errors.New("b").Error()) }

func shadowed(open func()) {
	one := 3
	_ = one
	open()
}

func afterBlock() {
	if one := 3; one > 2 {
		_ = one
	}
	one()
}

func methodValue(n *Node) func() { return n.run }

func variadic(ps ...*Peer) int { return ps[0].ID() + len(ps) }

func generic[T kv.Reader](t T) T { return t }

func instantiated(m *kv.Memory) { generic[*kv.Memory](m).Twice() }

func ofGenerated(r *pb.Request) string { return r.GetKey() }

func recursive(n int) int {
	if n == 0 {
		return 0
	}
	return recursive(n - 1)
}

func onSystem() { fsync() }
