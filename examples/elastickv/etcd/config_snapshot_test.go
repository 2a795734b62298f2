//go:build elastickv

// Shows: a change of members that raft delivers again is saved as a snapshot of its index, with later content.
//   - TestConfigSnapshotAfterUnreadableSnapshot: it is delivered again since the newest snapshot cannot be read;
//   - TestConfigSnapshotAfterInstall: it is delivered for the first time, after a crash in the middle of an install;
//   - TestRebuiltStoreDiverges: a store that is lost and rebuilt from such a snapshot holds what no peer holds.
//
// Model: models/cold_start/members, install and rebuilt.gate, check v9 (SnapshotAligned; NoReplay, NoDivergence);
// repair no_snapshot_of_the_past.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: all fail.

package etcd

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	pb "github.com/bootjp/elastickv/proto"
	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

// addLearner adds a node to the group of a sole voter, and returns the index of the change.
func (n *node) addLearner() uint64 {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	index, err := n.engine.AddLearner(ctx, "n4", "127.0.0.1:2", 0)
	require.NoError(n.t, err)
	return index
}

// requireAligned examines the body of a saved snapshot, if there is one of that index: it must not hold a later write.
func requireAligned(t *testing.T, dir string, index uint64, laterKey string, laterIndex uint64) {
	t.Helper()
	if _, err := os.Stat(fsmSnapPath(filepath.Join(raftDir(dir), fsmSnapDirName), index)); os.IsNotExist(err) {
		t.Logf("there is no snapshot %d", index)
		return
	}
	body := bodyOf(t, dir, index)
	t.Logf("snapshot %d: metaAppliedIndex %d, %s=%q", index, body.have(), laterKey, body.get(laterKey))
	if body.have() > index || body.get(laterKey) != "" {
		t.Errorf("snapshot %d holds entry %d, and says that entry %d is applied", index, laterIndex, body.have())
	}
}

func TestConfigSnapshotAfterUnreadableSnapshot(t *testing.T) {
	dir := t.TempDir()
	before := alone(t, dir, nil)
	change := before.addLearner()
	write := before.propose(entry(put("later", "1", 10)))
	crashed := image(t, dir)
	before.stop()
	spoilSnapshot(t, crashed, change)

	after := alone(t, crashed, nil)
	after.describe()
	next := after.propose(entry(put("next", "1", 11)))
	t.Logf("the change of members is entry %d, the write is entry %d, applied up to %d", change, write, next)
	after.stop()
	requireAligned(t, crashed, change, "later", write)
}

func TestConfigSnapshotAfterInstall(t *testing.T) {
	log := map[uint64][]byte{2: leadersLog[2], 4: leadersLog[4]}
	p := newPuppet(t)
	dir, swapped := t.TempDir(), ""
	n := p.follower(dir, &hooks{restored: func() { swapped = image(t, dir) }})
	// Change 3, which removes node 3, is in the log, and not known to be committed when snapshot 4 arrives.
	p.appendEntries(2, 1, 1, 1, logged(2, 2, log[2]))
	p.appendEntries(2, 2, 2, 2, memberChange(t, 3, 2, raftpb.ConfChangeRemoveNode, 3))
	n.eventually(func() bool { return p.acknowledged() == 3 }, "change 3 is acknowledged")
	require.NoError(t, p.sendSnapshotOf(2, 4, 2, payload(t, log, 4), &raftpb.ConfState{Voters: []uint64{1, 2}}))
	n.eventually(func() bool { return swapped != "" || n.engine.Err() != nil }, "snapshot 4 is installed")
	require.NoError(t, n.engine.Err())
	n.stop()

	after := p.follower(swapped, nil)
	after.describe()
	require.NoError(t, p.heartbeat(3, 3)) // a new leader, which has all of the log, says that change 3 is committed
	after.eventually(func() bool { return p.answers(raftpb.MsgHeartbeatResp) > 0 }, "the heartbeat is answered")
	after.eventually(func() bool { return after.engine.currentConfigIndex() >= 3 }, "change 3 is applied")
	after.stop()
	requireAligned(t, swapped, 3, "four", 4)
}

func TestRebuiltStoreDiverges(t *testing.T) {
	dir := t.TempDir()
	before := alone(t, dir, nil)
	change := before.addLearner()
	before.propose(entry(transaction(pb.Phase_PREPARE, 100, 0, "x")))
	rejected := before.propose(entry(put("x", "rejected", 150)))
	before.propose(entry(transaction(pb.Phase_ABORT, 100, 200, "x")))
	write := before.propose(entry(put("later", "1", 300)))
	t.Logf("entry %d wants to write x, which is locked: x=%q", rejected, before.get("x"))
	require.Empty(t, before.get("x"))
	crashed := image(t, dir)
	before.stop()
	spoilSnapshot(t, crashed, change)

	// The change of members is saved again, with the content that the store has by now.
	middle := alone(t, crashed, nil)
	middle.propose(entry(put("next", "1", 400)))
	require.Empty(t, middle.get("x"))
	lost := image(t, crashed)
	middle.stop()

	// The store is lost, as after a crash between the two renames of a restore.
	require.NoError(t, os.RemoveAll(filepath.Join(lost, "fsm.db")))
	after := alone(t, lost, nil)
	after.describe()
	last := after.propose(entry(put("last", "1", 500)))
	t.Logf("the last write before the crash is entry %d, applied up to %d: x=%q", write, last, after.get("x"))
	if got := after.get("x"); got != "" {
		t.Errorf("this replica alone holds x=%q: entry %d, which all have rejected, was accepted when it was replayed",
			got, rejected)
	}
}
