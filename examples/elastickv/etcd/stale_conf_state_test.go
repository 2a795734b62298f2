//go:build elastickv

// Shows: a change of members that raft delivers again, while a local snapshot of its index or a later one is being
// written, is recorded nowhere: the snapshot's ConfState is that of the snapshot before, and the log is compacted.
//
// Model: models/cold_start/members.gate (ConfStateComplete, which the models have no check for yet).
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: fails.

package etcd

import (
	"slices"
	"testing"

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

func TestConfStateIsKept(t *testing.T) {
	p := newPuppet(t)
	dir, crashed := t.TempDir(), ""
	// Change 2 is applied. The node crashes between the bump of metaAppliedIndex and the saving of its snapshot.
	n := build(t, dir, nil)
	raised := func(index uint64) {
		if index == 2 && crashed == "" {
			crashed = image(t, dir)
		}
	}
	require.NoError(t, p.startWith(n, &bumped{n.fsm, raised}))
	p.appendEntries(2, 1, 1, 1, memberChange(t, 2, 2, raftpb.ConfChangeAddNode, 4))
	n.eventually(func() bool { return p.acknowledged() == 2 }, "change 2 is acknowledged")
	require.NoError(t, p.heartbeat(2, 2))
	n.eventually(func() bool { return n.engine.currentConfigIndex() >= 2 }, "change 2 is applied")
	require.Equal(t, []uint64{1, 2, 3, 4}, members(t, n))
	n.stop()

	// It starts; raft has to be told of change 2 again. A local snapshot, of index 2, is due.
	t.Setenv(snapshotEveryEnvVar, "1")
	release := make(chan struct{})
	after := p.follower(crashed, &hooks{captured: func(s Snapshot) Snapshot { return held{s, release} }})
	after.describe()
	p.canvass(3, 2, 2)
	after.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > 0 }, "the answer is sent")
	require.NoError(t, p.heartbeat(3, 2)) // raft delivers change 2 while the snapshot is being written
	after.eventually(func() bool {
		hard, _, err := after.engine.storage.InitialState()
		return err == nil && hard.GetCommit() == 2
	}, "entry 2 is known to be committed")
	close(release)
	after.eventually(func() bool { return maxAppliedIndex(after.snapshot()) >= 2 }, "a snapshot of index 2 is saved")
	after.eventually(func() bool { return after.engine.currentConfigIndex() >= 2 }, "change 2 is applied")
	first, err := after.engine.storage.FirstIndex()
	require.NoError(t, err)
	t.Logf("snapshot %d names the members %v; the log is compacted up to %d",
		maxAppliedIndex(after.snapshot()), members(t, after), first-1)
	again, got := image(t, crashed), members(t, after)
	after.stop()
	if !slices.Contains(got, 4) {
		t.Errorf("change 2 made node 4 a member; the snapshot that has taken its place in the log names %v", got)
	}

	last := build(t, again, nil)
	if err := p.start(last); err != nil {
		t.Errorf("and the node does not start any more: %v", err)
		return
	}
	last.describe()
	t.Logf("the node starts with the members %v", members(t, last))
}
