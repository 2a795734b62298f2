//go:build elastickv

// Shows starts that restore a snapshot of which the store holds everything:
//   - TestRestoreMovesHave: a full restore, forced by an index that could not be read, leaves metaAppliedIndex below S if
//     the last entries up to S have left no trace in the store; the next start restores once more;
//   - TestIgnoredSnapshotsGo: a snapshot whose installation was interrupted is ignored by the next start, and becomes the
//     one to start from later.
//
// Model: models/cold_start/install.gate, check v9, and repaired.gate, check without_ignored_snapshots_go (SkipUseful);
// repairs restore_moves_have, ignored_snapshots_go.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: both fail.

package etcd

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	etcdstorage "go.etcd.io/etcd/server/v3/storage"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

// unreadable is a state machine whose metaAppliedIndex cannot be read.
type unreadable struct{ *watched }

func (unreadable) LastAppliedIndex() (uint64, bool, error) {
	return 0, false, errors.New("metaAppliedIndex cannot be read")
}

func TestRestoreMovesHave(t *testing.T) {
	t.Setenv(snapshotEveryEnvVar, "2")
	dir := t.TempDir()
	before := alone(t, dir, nil)
	before.propose(entry(put("a", "1", 10)))
	before.propose(lease(1_000))
	last := before.propose(lease(2_000))
	before.eventually(func() bool { return maxAppliedIndex(before.snapshot()) >= last }, "a local snapshot is saved")
	before.stop()

	t.Setenv(snapshotEveryEnvVar, "")
	middle := build(t, dir, nil)
	require.NoError(t, middle.open(soleVoter(), unreadable{middle.fsm}))
	t.Logf("first start: %s; afterwards have %d", middle.start, middle.have())
	require.Equal(t, "fallback", middle.outcome)
	middle.stop()

	after := alone(t, dir, nil)
	t.Logf("second start: %s", after.start)
	if after.outcome != "skipped" {
		t.Errorf("the first start has restored all of the snapshot, and the second restores it once more")
	}
}

// saving is the disk of an engine; it tells when a snapshot has been saved, and Commit has not.
type saving struct {
	etcdstorage.Storage
	saved func()
}

func (s *saving) SaveSnap(snapshot *raftpb.Snapshot) error {
	err := s.Storage.SaveSnap(snapshot)
	s.saved()
	return err
}

func TestIgnoredSnapshotsGo(t *testing.T) {
	log := map[uint64][]byte{2: leadersLog[2], 3: leadersLog[3], 4: leadersLog[4], 5: leadersLog[5], 6: lease(1_000)}
	p := newPuppet(t)
	dir, crashed := t.TempDir(), ""
	var n *node
	n = behind(t, p, dir, &hooks{restored: func() {
		n.engine.persist = &saving{n.engine.persist, func() { crashed = image(t, dir) }}
	}})
	require.NoError(t, p.sendSnapshot(2, 6, 2, payload(t, log, 6)))
	n.eventually(func() bool { return p.acknowledged() == 6 }, "snapshot 6 is acknowledged")
	n.stop()

	middle := build(t, crashed, nil)
	require.NoError(t, p.startWith(middle, unreadable{middle.fsm}))
	t.Logf("first start: %s", middle.start)
	require.Equal(t, "fallback", middle.outcome)
	require.Equal(t, uint64(2), middle.lastIndex(), "snapshot 6 is ignored, since Commit is behind it")
	// A new leader has all of the log, and sends it.
	p.appendEntries(3, 2, 2, 2, logged(3, 2, log[3]), logged(4, 2, log[4]), logged(5, 2, log[5]), logged(6, 2, log[6]))
	middle.eventually(func() bool { return middle.lastIndex() == 6 }, "the log is received")
	p.appendEntries(3, 6, 2, 6, logged(7, 3, entry(put("seven", "7", 70)))) // whose sync carries Commit 6
	middle.eventually(func() bool { return middle.engine.AppliedIndex() == 6 && middle.lastIndex() == 7 }, "and applied")
	require.Equal(t, uint64(5), middle.have(), "lease 6 leaves no trace in the store")
	again := image(t, crashed)
	middle.stop()

	after := p.follower(again, nil)
	t.Logf("second start: %s", after.start)
	if after.outcome != "skipped" {
		t.Errorf("the start restores a snapshot that was ignored before, and the store has lost nothing since")
	}
}
