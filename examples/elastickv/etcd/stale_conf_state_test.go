//go:build elastickv

// Shows what a change of members needs that raft delivers again, or late:
//   - TestConfStateIsKept: if a local snapshot of its index or a later one is being written meanwhile, the change is
//     recorded nowhere: that snapshot's ConfState is the one of the snapshot before, and the log is compacted;
//   - TestSnapshotFileMatchesItsToken: the change then writes the .fsm file of that index once more, although the .snap
//     file names the checksum of the first; if a lease was delivered in between, their headers differ;
//   - TestSnapshotAheadNamesItsMembers: the same without a second delivery: a local snapshot is taken at the index of a
//     snapshot whose installation was interrupted, and names the members of the one before;
//   - TestSnapshotIsNotWrittenInVain: until the log reaches that index, each Ready writes a snapshot that cannot be saved;
//   - TestLateChangeIsKept: it was already in the content of a snapshot whose installation was interrupted. It holds,
//     but not if such a change is no longer saved as a snapshot, as the repair no_snapshot_of_the_past says.
//
// Model: models/cold_start/stale_members.gate, checks v9 (ConfStateComplete, MembersKnown, FileKept) and v9_follower
// (ConfStateComplete, CaptureSavable); repairs no_snapshot_of_the_past and members_of_raft.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: the first four fail.

package etcd

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

// bumped is a state machine that tells when metaAppliedIndex has been raised for a snapshot.
type bumped struct {
	*watched
	raised func(index uint64)
}

func (b *bumped) SetDurableAppliedIndex(index uint64) error {
	err := b.watched.SetDurableAppliedIndex(index)
	b.raised(index)
	return err
}

// members returns who the newest snapshot in memory says is in the group.
func members(t *testing.T, n *node) []uint64 {
	t.Helper()
	s := n.snapshot()
	named := s.GetMetadata().GetConfState()
	return append(slices.Clone(named.GetVoters()), named.GetLearners()...)
}

// changeAgain runs a follower whose log ends with change `index`, which makes node 4 a member. It crashes between the bump
// of metaAppliedIndex and the saving of the change's snapshot. When it has started, a local snapshot of the same index is
// due, and raft delivers the log again while that is being written. It returns the node, and its disk at the end.
func changeAgain(t *testing.T, p *puppet, index uint64, log ...*raftpb.Entry) (*node, string) {
	t.Helper()
	dir, crashed := t.TempDir(), ""
	n := build(t, dir, nil)
	raised := func(raised uint64) {
		if raised == index && crashed == "" {
			crashed = image(t, dir)
		}
	}
	require.NoError(t, p.startWith(n, &bumped{n.fsm, raised}))
	p.appendEntries(2, 1, 1, 1, append(log, memberChange(t, index, 2, raftpb.ConfChangeAddNode, 4))...)
	n.eventually(func() bool { return p.acknowledged() == index }, "the log is acknowledged")
	require.NoError(t, p.heartbeat(2, index))
	n.eventually(func() bool { return n.engine.currentConfigIndex() >= index }, "the change is applied")
	require.Equal(t, []uint64{1, 2, 3, 4}, members(t, n))
	n.stop()

	t.Setenv(snapshotEveryEnvVar, "1")
	release := make(chan struct{})
	once := sync.OnceFunc(func() { close(release) })
	after := p.follower(crashed, &hooks{captured: func(s Snapshot) Snapshot { return held{s, release} }})
	t.Cleanup(once)
	after.describe()
	p.canvass(3, index, 2)
	after.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > 0 }, "the answer is sent")
	require.NoError(t, p.heartbeat(3, index))
	after.eventually(func() bool {
		hard, _, err := after.engine.storage.InitialState()
		return err == nil && hard.GetCommit() == index
	}, "all of the log is known to be committed")
	once()
	after.eventually(func() bool { return maxAppliedIndex(after.snapshot()) >= index }, "a snapshot is saved")
	after.eventually(func() bool { return after.engine.currentConfigIndex() >= index }, "the change is applied")
	first, err := after.engine.storage.FirstIndex()
	require.NoError(t, err)
	t.Logf("snapshot %d names the members %v; the log is compacted up to %d",
		maxAppliedIndex(after.snapshot()), members(t, after), first-1)
	return after, image(t, crashed)
}

func TestConfStateIsKept(t *testing.T) {
	p := newPuppet(t)
	after, again := changeAgain(t, p, 2)
	got := members(t, after)
	after.stop()
	if !slices.Contains(got, 4) {
		t.Errorf("change 2 made node 4 a member; the snapshot that has taken its place in the log names %v", got)
	}
	last := build(t, again, nil)
	if err := p.start(last); err != nil {
		t.Fatalf("and the node does not start any more: %v", err)
	}
	t.Logf("start: %s; the members are %v", last.start, members(t, last))
}

func TestSnapshotFileMatchesItsToken(t *testing.T) {
	p := newPuppet(t)
	after, again := changeAgain(t, p, 3, logged(2, 2, lease(5_000)))
	after.stop()
	last := build(t, again, nil)
	if err := p.start(last); errors.Is(err, ErrFSMSnapshotTokenCRC) {
		t.Errorf("the node has written the file of snapshot 3 twice, and does not start any more: %v", err)
	}
}

// interrupted is the disk of a follower whose log ends with change 3, which removes node 3 and is not known to be committed.
// It crashed right after the store was swapped for that of snapshot 4.
func interrupted(t *testing.T, p *puppet, log map[uint64][]byte) (swapped string) {
	t.Helper()
	dir := t.TempDir()
	n := p.follower(dir, &hooks{restored: func() { swapped = image(t, dir) }})
	p.appendEntries(2, 1, 1, 1, logged(2, 2, log[2]), memberChange(t, 3, 2, raftpb.ConfChangeRemoveNode, 3))
	n.eventually(func() bool { return p.acknowledged() == 3 }, "change 3 is acknowledged")
	require.NoError(t, p.sendSnapshotOf(2, 4, 2, payload(t, log, 4), &raftpb.ConfState{Voters: []uint64{1, 2}}))
	n.eventually(func() bool { return swapped != "" }, "snapshot 4 is installed")
	n.stop()
	return swapped
}

func TestSnapshotAheadNamesItsMembers(t *testing.T) {
	log := map[uint64][]byte{2: leadersLog[2], 4: leadersLog[4]}
	p := newPuppet(t)
	swapped := interrupted(t, p, log)
	t.Setenv(snapshotEveryEnvVar, "2")
	release := make(chan struct{})
	once := sync.OnceFunc(func() { close(release) })
	after := p.follower(swapped, &hooks{captured: func(s Snapshot) Snapshot { return held{s, release} }})
	t.Cleanup(once)
	after.describe()
	p.canvass(3, 4, 2)
	after.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > 0 }, "a snapshot is captured")
	p.appendEntries(3, 3, 2, 1, logged(4, 2, log[4])) // nothing more is known to be committed
	after.eventually(func() bool { return after.lastIndex() == 4 }, "entry 4 is in the log")
	once()
	saved := func() bool { return maxAppliedIndex(after.snapshot()) == 4 }
	for waited := 0; waited < 400 && !saved(); waited++ {
		time.Sleep(5 * time.Millisecond)
	}
	if !saved() { // as it waits until raft has delivered so far
		require.NoError(t, p.heartbeat(3, 4))
		after.eventually(saved, "a local snapshot is saved")
	}
	got := members(t, after)
	t.Logf("change 3 has removed node 3; snapshot 4 names the members %v", got)
	if slices.Contains(got, 3) {
		t.Errorf("snapshot 4 lacks change 3")
	}
	after.stop()
}

func TestSnapshotIsNotWrittenInVain(t *testing.T) {
	p := newPuppet(t)
	swapped := interrupted(t, p, map[uint64][]byte{2: leadersLog[2], 4: leadersLog[4]})
	t.Setenv(snapshotEveryEnvVar, "2")
	written := atomic.Int64{}
	after := p.follower(swapped, &hooks{captured: func(s Snapshot) Snapshot { written.Add(1); return s }})
	last := after.describe()
	for term := range uint64(5) {
		answered := p.answers(raftpb.MsgPreVoteResp)
		p.canvass(3+term, 4, 2)
		after.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > answered }, "the answer is sent")
		time.Sleep(50 * time.Millisecond) // for the worker
	}
	saved := maxAppliedIndex(after.snapshot())
	after.stop()
	if written.Load() > 0 {
		t.Errorf("the log ends at %d; %d snapshots of index 4 were written, and the one that is saved has index %d",
			last, written.Load(), saved)
	}
}

func TestLateChangeIsKept(t *testing.T) {
	log := map[uint64][]byte{2: leadersLog[2], 4: leadersLog[4]}
	p := newPuppet(t)
	swapped := interrupted(t, p, log)

	// A new leader, which has all of the log, sends it.
	t.Setenv(snapshotEveryEnvVar, "2")
	after := p.follower(swapped, nil)
	after.describe()
	p.appendEntries(3, 3, 2, 5, logged(4, 2, log[4]), logged(5, 3, entry(put("five", "5", 50))))
	after.eventually(func() bool { return maxAppliedIndex(after.snapshot()) == 5 }, "a local snapshot is saved")
	got := members(t, after)
	t.Logf("change 3 has removed node 3; snapshot 5 names the members %v", got)
	if slices.Contains(got, 3) {
		t.Errorf("change 3 is lost")
	}
	again := image(t, swapped)
	after.stop()

	last := build(t, again, nil)
	if err := p.start(last); err != nil {
		t.Errorf("the node does not start any more: %v", err)
	}
}
