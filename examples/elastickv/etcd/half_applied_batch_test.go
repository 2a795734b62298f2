//go:build elastickv

// Shows: a crash between two requests of one raft entry loses the later ones on this replica, and in its snapshots.
//   - TestHalfAppliedBatch: the start skips, and the rest of the entry is dropped as a duplicate;
//   - TestSnapshotHoldsWholeEntries: a snapshot that is taken before raft delivers again holds half of the entry.
//
// Model: models/cold_start/batches.gate, check v9 (NoLoss, SnapshotAligned); repair entry_in_one_batch. The smaller
// one of repaired.gate, only_the_last_batch_moves_have, lets the first test pass, and not the second.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: both fail.

package etcd

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

func TestHalfAppliedBatch(t *testing.T) {
	dir, crashed := t.TempDir(), ""
	before := alone(t, dir, &hooks{written: func(key string) {
		if key == "a" {
			crashed = image(t, dir)
		}
	}})
	index := before.propose(entry(put("a", "1", 10), put("b", "2", 11)))
	require.Equal(t, "1", before.get("a"))
	require.Equal(t, "2", before.get("b"))
	before.stop()

	t.Setenv(snapshotEveryEnvVar, "1")
	after := alone(t, crashed, nil)
	next := after.propose(entry(put("c", "3", 12)))
	t.Logf("entry %d holds a and b; after the crash: start %s, applied %d, have %d, a=%q, b=%q",
		index, after.start, after.engine.AppliedIndex(), after.have(), after.get("a"), after.get("b"))
	if after.get("b") == "" {
		t.Errorf("b is missing on this replica, although entry %d was acknowledged and everything up to %d is applied",
			index, after.engine.AppliedIndex())
	}

	after.eventually(func() bool {
		saved := savedSnapshots(t, crashed)
		return saved[len(saved)-1] >= next
	}, "a local snapshot is saved")
	after.stop()
	saved := savedSnapshots(t, crashed)
	body := bodyOf(t, crashed, saved[len(saved)-1])
	t.Logf("snapshot %d: a=%q, b=%q, c=%q", saved[len(saved)-1], body.get("a"), body.get("b"), body.get("c"))
	if body.get("b") == "" {
		t.Errorf("snapshot %d, which a peer may be sent, has lost b too", saved[len(saved)-1])
	}
}

func TestSnapshotHoldsWholeEntries(t *testing.T) {
	p := newPuppet(t)
	dir, crashed := t.TempDir(), ""
	before := p.follower(dir, &hooks{written: func(key string) {
		if key == "a" {
			crashed = image(t, dir)
		}
	}})
	batch := entry(put("a", "1", 10), put("b", "2", 11))
	p.appendEntries(2, 1, 1, 1, logged(2, 2, leadersLog[2]), logged(3, 2, leadersLog[3]), logged(4, 2, batch))
	before.eventually(func() bool { return p.acknowledged() == 4 }, "the log is received")
	require.NoError(t, p.heartbeat(2, 4))
	before.eventually(func() bool { return before.get("b") == "2" }, "entry 4 is applied")
	before.stop()

	t.Setenv(snapshotEveryEnvVar, "2")
	after := p.follower(crashed, nil)
	after.describe()
	require.NoError(t, p.heartbeat(3, 3)) // the new leader does not know yet that entry 4 is committed
	after.eventually(func() bool { return p.answers(raftpb.MsgHeartbeatResp) > 0 }, "the answer is sent")
	time.Sleep(time.Second) // for the worker, if a snapshot has been captured
	index := maxAppliedIndex(after.snapshot())
	if index == 1 {
		return // none has
	}
	body := bodyOf(t, crashed, index)
	t.Logf("snapshot %d: a=%q, b=%q", index, body.get("a"), body.get("b"))
	if (body.get("a") == "") != (body.get("b") == "") {
		t.Errorf("snapshot %d holds half of entry 4", index)
	}
}
