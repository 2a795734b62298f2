//go:build elastickv

// Shows what a crash around the installation of a received snapshot leaves behind:
//   - TestInstallIsSynced: the WAL is not synced before the snapshot is acknowledged; the log ends below what was
//     acknowledged, and raft panics at the next heartbeat of the same leader;
//   - TestNeededSnapshotIsAccepted: the snapshot that would close the gap is refused, also without the missing sync;
//   - TestInstallMovesHave: the installed snapshot does not move metaAppliedIndex, and is restored once more.
//   - TestSnapshotMayNameANewMember: no crash at all: a follower that does not know the address of a member that the
//     snapshot names ends its engine for good. No model has this.
//
// Model: models/cold_start/install.gate, check v9 (AcknowledgedKept, CanBeHealed; CheckpointOrder, SkipUseful); repairs
// install_syncs, stale_means_in_the_log, restore_moves_have.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: all fail.

package etcd

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

// installed returns the disk of a follower that has acknowledged snapshot 6.
func installed(t *testing.T, p *puppet) string {
	t.Helper()
	dir := t.TempDir()
	n := behind(t, p, dir, nil)
	require.NoError(t, p.sendSnapshot(2, 6, 2, payload(t, leadersLog, 6)))
	n.eventually(func() bool { return p.acknowledged() == 6 }, "snapshot 6 is acknowledged")
	crashed := image(t, dir)
	n.stop()
	return crashed
}

func TestInstallIsSynced(t *testing.T) {
	const child = "COLDSTART_CHILD"
	if dir := os.Getenv(child); dir != "" {
		// In a process of its own, as raft's panic ends it: the same leader says how far the log is committed.
		p := newPuppet(t)
		n := p.follower(image(t, dir), nil)
		require.NoError(t, p.heartbeat(2, 6))
		n.eventually(func() bool { return p.answers(raftpb.MsgHeartbeatResp) > 0 }, "the heartbeat is answered")
		return
	}
	p := newPuppet(t)
	crashed := installed(t, p)
	n := p.follower(image(t, crashed), nil)
	last := n.describe()
	n.stop()
	if last < 6 {
		t.Errorf("the follower has acknowledged snapshot 6, but after a crash its log ends at %d", last)
	}

	command := exec.Command(os.Args[0], "-test.run=^TestInstallIsSynced$", "-test.v")
	command.Env = append(os.Environ(), child+"="+crashed)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("the node does not survive the next heartbeat:\n%s", panicOf(output))
	}
}

func TestNeededSnapshotIsAccepted(t *testing.T) {
	p := newPuppet(t)
	// What is on disk right after the swap of the store: the sync that is missing after the installation plays no part.
	dir, swapped := t.TempDir(), ""
	n := behind(t, p, dir, &hooks{restored: func() { swapped = image(t, dir) }})
	require.NoError(t, p.sendSnapshot(2, 6, 2, payload(t, leadersLog, 6)))
	n.eventually(func() bool { return p.acknowledged() == 6 }, "snapshot 6 is acknowledged")
	n.stop()

	again := p.follower(swapped, nil)
	last := again.describe()
	require.Less(t, last, uint64(6), "the node needs snapshot 6: the leader has compacted its log")
	if err := p.sendSnapshot(3, 6, 2, payload(t, leadersLog, 6)); err != nil {
		t.Fatalf("the log ends at %d, and snapshot 6, which the node needs, is refused: %v", last, err)
	}
	again.eventually(func() bool { return again.lastIndex() == 6 }, "snapshot 6 is installed")
	p.appendEntries(3, 6, 2, 7, logged(7, 3, entry(put("seven", "7", 70))))
	again.eventually(func() bool { return again.get("seven") == "7" }, "and the follower goes on")
}

func TestInstallMovesHave(t *testing.T) {
	log := map[uint64][]byte{}
	for index, data := range leadersLog {
		log[index] = data
	}
	log[6] = lease(1_000) // leaves no trace in the store
	p := newPuppet(t)
	dir := t.TempDir()
	n := behind(t, p, dir, nil)
	require.NoError(t, p.sendSnapshot(2, 6, 2, payload(t, log, 6)))
	n.eventually(func() bool { return p.acknowledged() == 6 }, "snapshot 6 is acknowledged")
	have := n.have()
	p.appendEntries(2, 6, 2, 6, logged(7, 2, entry(put("seven", "7", 70)))) // whose sync carries Commit 6
	n.eventually(func() bool { return p.acknowledged() == 7 }, "entry 7 is acknowledged")
	crashed := image(t, dir)
	n.stop()
	if have < 6 {
		t.Errorf("snapshot 6 is installed and saved, but metaAppliedIndex is %d", have)
	}

	again := p.follower(crashed, nil)
	again.describe()
	if again.outcome != "skipped" {
		t.Errorf("the store holds all of snapshot 6, and the start restores it once more: %s", again.outcome)
	}
}

func TestSnapshotMayNameANewMember(t *testing.T) {
	p := newPuppet(t)
	dir := t.TempDir()
	n := behind(t, p, dir, nil)
	// While the follower was away, node 4 became a member (entry 4), and the leader has compacted its log.
	members := &raftpb.ConfState{Voters: []uint64{1, 2, 3, 4}}
	for range 2 {
		require.NoError(t, p.sendSnapshotOf(2, 6, 2, payload(t, leadersLog, 6), members))
		n.eventually(func() bool { return p.acknowledged() == 6 || n.engine.Err() != nil }, "the follower has answered")
		err := n.engine.Err()
		n.stop()
		if err == nil {
			return
		}
		t.Errorf("the follower ends: %v", err)
		n = p.follower(dir, nil)
	}
}
