// Package store has the types that package node calls.
package store

import "io"

// Store is what a node needs.
type Store interface {
	io.Closer
	Reader
	Set(key string) error
}

// Reader is a part of Store.
type Reader interface {
	Get(key string) string
}

// Disk is a Store.
type Disk struct {
	base
	fallback *Memory
	hook     func()
	byName   map[string]*Memory
}

// Memory is another one.
type Memory struct{}

// Other has a method of another kind under the name that Reader has.
type Other struct{}

// Get has more parameters than that of Reader.
func (o Other) Get(key, or string) string { return or }

// Odd has some of the methods only.
type Odd struct{}

type base struct{}

func (b *base) Close() error { return flush() }

func flush() error { return nil }

// Open makes a Disk.
func Open(path string) (*Disk, error) { return &Disk{}, nil }

func (d *Disk) Get(key string) string {
	if m, ok := d.byName[key]; ok {
		return m.Get(key)
	}
	return d.fallback.Get(key)
}

func (d *Disk) Set(key string) error {
	d.hook()
	return d.Close()
}

func (m *Memory) Get(key string) string { return key }

func (m *Memory) Set(key string) error { return nil }

func (m *Memory) Close() error { return nil }

func (o Odd) Get(key string) string { return "" }

// Error has the name of a method of the language.
func (o Odd) Error() string { return "" }

// Only is called by a name that no other method has.
func (o Odd) Only() {}

// Twice is one of two methods of its name.
func (o Odd) Twice() {}

// Twice is the other.
func (m *Memory) Twice() {}

// Default is a value, and what it is made by is called when the package is loaded.
var Default = newDefault()

func newDefault() *Memory { return &Memory{} }

// Now can be replaced.
var Now = func() int { return clock() }

func clock() int { return 1 }
