package coldstart

import (
	"fmt"

	"go.etcd.io/raft/v3/raftpb"
)

// Kind is the first byte of an entry.
type Kind byte

// The kinds of entries.
const (
	Data  Kind = 0 // writes that one batch of the store applies together with the applied index
	Lease Kind = 2 // a new ceiling of the clock, kept in memory only
)

func (k Kind) String() string {
	return map[Kind]string{Data: "data", Lease: "lease"}[k]
}

// Entry is what an entry of the log says. At is the commit timestamp of data, or the ceiling of a lease.
type Entry struct {
	Kind Kind
	At   Timestamp
}

// All entries are of one term: other leaders are not a part of this.
const entryTerm = 1

func (e Entry) encode(index uint64) *raftpb.Entry {
	term := uint64(entryTerm)
	return &raftpb.Entry{Index: &index, Term: &term, Data: append([]byte{byte(e.Kind)}, e.At.encode()...)}
}

func decodeEntry(raw *raftpb.Entry) (Entry, error) {
	if len(raw.Data) != 1+timestampSize {
		return Entry{}, fmt.Errorf("entry %d has %d bytes", raw.GetIndex(), len(raw.Data))
	}
	return Entry{Kind: Kind(raw.Data[0]), At: decodeTimestamp(raw.Data[1:])}, nil
}
