// Package coldstart is a raft node that may skip restoring its snapshot when it starts: the protocol of
// models/cold_start.gate on the real write-ahead log and snapshot files of etcd, and on a real Pebble store. It is an
// implementation of ours, made for trying on it what the model says; it is no part of elastickv.
//
// A leader and the rest of raft are outside: calls say what they sent. Everything that the model speaks of is here.
package coldstart

// SkipRule says what the store's applied index must reach before the restore is skipped.
type SkipRule int

// The rules, in the order in which they were reviewed.
const (
	HaveReachesSnapshot SkipRule = iota // the index of the snapshot
	HaveReachesWALTail                  // the last entry of the WAL, committed or not
	HaveReachesCommit                   // hardState.Commit as the WAL gives it back
)

// Design is what a revision of the protocol decides: the constants of the model, by the same names.
type Design struct {
	SkipWhen              SkipRule
	FloorIsHave           bool // after a skip, e.applied starts at the store's index, not at the snapshot
	ReplayLeases          bool // a duplicate entry is still applied if all it changes is volatile
	SetApplyIndexOnReplay bool // such a replay also announces its index to the store
	ReplayInOpen          bool // a start replays committed leases and seeds raft's applied index
	ObserveLastCommitTS   bool // the clock observes the store's last commit timestamp at a start
	SnapshotWaits         bool // a local snapshot waits until raft has delivered up to e.applied
	BumpAfterRestore      bool // a full restore records the snapshot's index as the store's
}

// Revisions are the designs in the order of their reviews, by the names that the checks of the model have. v9 is the
// last one; those before it are the planted faults.
var Revisions = map[string]Design{
	"v0": {SkipWhen: HaveReachesSnapshot},
	"v1": {SkipWhen: HaveReachesWALTail},
	"v2": {SkipWhen: HaveReachesWALTail, FloorIsHave: true},
	"v3": {SkipWhen: HaveReachesCommit, FloorIsHave: true},
	"v4": {SkipWhen: HaveReachesCommit, FloorIsHave: true, ReplayLeases: true, SetApplyIndexOnReplay: true},
	"v5": {SkipWhen: HaveReachesCommit, FloorIsHave: true, ReplayLeases: true},
	"v9": {
		SkipWhen: HaveReachesSnapshot, FloorIsHave: true, ReplayLeases: true, ReplayInOpen: true,
		ObserveLastCommitTS: true,
	},
}

// Repaired is a design with what none of the revisions has. With v9, this is the check `repaired` of the model.
func (d Design) Repaired() Design {
	d.SnapshotWaits, d.BumpAfterRestore = true, true
	return d
}
