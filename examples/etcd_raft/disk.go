package main

import (
	"math"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
)

// A disk is what a node finds again when it starts. The library reads what was written, as the file system would show
// it; only what was synced as well survives a crash.
type disk struct {
	*raft.MemoryStorage // what was written
	conf                pb.ConfState
	synced              image
}

// An image is what is in the WAL and in the snapshot files.
type image struct {
	hard     pb.HardState
	snapshot pb.Snapshot
	entries  []pb.Entry
}

func newDisk(voters []uint64) *disk {
	return &disk{MemoryStorage: raft.NewMemoryStorage(), conf: pb.ConfState{Voters: voters}}
}

// InitialState is what the library asks for when a node starts.
func (d *disk) InitialState() (pb.HardState, pb.ConfState, error) {
	hard, _, err := d.MemoryStorage.InitialState()
	return hard, d.conf, err
}

// write stores what the library wants to be stored. It is not synced yet.
func (d *disk) write(ready raft.Ready) {
	if !raft.IsEmptySnap(ready.Snapshot) {
		must(d.ApplySnapshot(ready.Snapshot))
	}
	if !raft.IsEmptyHardState(ready.HardState) {
		must(d.SetHardState(ready.HardState))
	}
	must(d.Append(ready.Entries))
}

// sync makes everything that was written survive a crash.
func (d *disk) sync() {
	var err error
	d.synced.hard, _, err = d.MemoryStorage.InitialState()
	must(err)
	d.synced.snapshot, err = d.Snapshot()
	must(err)
	d.synced.entries = nil
	first, last := d.first(), d.last()
	if first <= last {
		entries, err := d.Entries(first, last+1, math.MaxUint64)
		must(err)
		d.synced.entries = append(d.synced.entries, entries...)
	}
}

// crash throws away what was not synced.
func (d *disk) crash() {
	d.MemoryStorage = raft.NewMemoryStorage()
	if !raft.IsEmptySnap(d.synced.snapshot) {
		must(d.ApplySnapshot(d.synced.snapshot))
	}
	must(d.SetHardState(d.synced.hard))
	must(d.Append(d.synced.entries))
}

// compact replaces the log up to an index by a snapshot.
func (d *disk) compact(index uint64) {
	_, err := d.CreateSnapshot(index, &d.conf, nil)
	must(err)
	must(d.Compact(index))
	d.sync()
}

func (d *disk) first() uint64 {
	first, err := d.FirstIndex()
	must(err)
	return first
}

func (d *disk) last() uint64 {
	last, err := d.LastIndex()
	must(err)
	return last
}

// syncedLast is the last index that survives a crash.
func (d *disk) syncedLast() uint64 {
	return d.synced.snapshot.Metadata.Index + uint64(len(d.synced.entries))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
