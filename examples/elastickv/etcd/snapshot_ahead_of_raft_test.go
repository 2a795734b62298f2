//go:build elastickv

// Shows: a local snapshot is taken at e.applied, although raft has not delivered the log up to there again.
//   - TestCompactionStaysBehindRaft: it compacts entries that raft has yet to deliver, and raft panics;
//   - TestSnapshotKnowsItsLeases: its header lacks leases up to its index, and a start from it forgets them.
//
// Model: models/cold_start/snapshots.gate, check v9 (CompactBehindApplied; SnapshotCeiling, CeilingComplete); repair
// snapshot_waits.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: both fail.

package etcd

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
)

// undelivered returns the disk of a follower that crashes when entries 2 and 3 are applied and a snapshot is due. It
// is not on disk yet that they are committed. Entry 2 is a lease if `ceiling` is not 0.
func undelivered(t *testing.T, p *puppet, ceiling int64) string {
	t.Helper()
	dir, crashed := t.TempDir(), ""
	n := p.follower(dir, &hooks{applied: func(index uint64) {
		if index == 3 {
			crashed = image(t, dir)
		}
	}})
	second := leadersLog[2]
	if ceiling != 0 {
		second = lease(ceiling)
	}
	p.appendEntries(2, 1, 1, 1, logged(2, 2, second), logged(3, 2, leadersLog[3]))
	n.eventually(func() bool { return p.acknowledged() == 3 }, "entry 3 is acknowledged")
	require.NoError(t, p.heartbeat(2, 3))
	n.eventually(func() bool { return n.get("three") == "3" }, "entry 3 is applied")
	n.stop()
	return crashed
}

func TestCompactionStaysBehindRaft(t *testing.T) {
	const child = "COLDSTART_CHILD"
	if dir := os.Getenv(child); dir != "" {
		t.Setenv(snapshotEveryEnvVar, "2")
		p := newPuppet(t)
		n := p.follower(image(t, dir), nil)
		n.describe()
		p.canvass(3, 3, 2) // somebody calls an election: something to be Ready for, without any commit
		n.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > 0 }, "the answer is sent")
		time.Sleep(time.Second) // for the worker, if a snapshot has been captured
		first, err := n.engine.storage.FirstIndex()
		require.NoError(t, err)
		t.Logf("raft has delivered up to 1; the log is compacted up to %d", first-1)
		require.NoError(t, p.heartbeat(3, 3)) // the new leader says how far the log is committed
		n.eventually(func() bool { return p.answers(raftpb.MsgHeartbeatResp) > 0 }, "the heartbeat is answered")
		return
	}
	crashed := undelivered(t, newPuppet(t), 0)
	command := exec.Command(os.Args[0], "-test.run=^TestCompactionStaysBehindRaft$", "-test.v")
	command.Env = append(os.Environ(), child+"="+crashed)
	output, err := command.CombinedOutput()
	for _, line := range bytes.Split(output, []byte("\n")) {
		if bytes.Contains(line, []byte("_test.go:")) {
			t.Logf("%s", line)
		}
	}
	if err != nil {
		t.Errorf("the node does not survive that the entries are committed:\n%s", panicOf(output))
	}
}

func TestSnapshotKnowsItsLeases(t *testing.T) {
	const ceiling = 5_000
	p := newPuppet(t)
	crashed := undelivered(t, p, ceiling)
	t.Setenv(snapshotEveryEnvVar, "2")
	release := make(chan struct{})
	n := p.follower(crashed, &hooks{captured: func(s Snapshot) Snapshot { return held{s, release} }})
	n.describe()
	p.canvass(3, 3, 2)
	n.eventually(func() bool { return p.answers(raftpb.MsgPreVoteResp) > 0 }, "the answer is sent")
	require.NoError(t, p.heartbeat(3, 3)) // raft delivers the lease while the snapshot is being written
	n.eventually(func() bool { return n.clock.PhysicalCeiling() == ceiling }, "the lease is applied again")
	close(release)
	n.eventually(func() bool { return maxAppliedIndex(n.snapshot()) == 3 }, "snapshot 3 is saved")
	body := bodyOf(t, crashed, 3)
	if got := body.clock.PhysicalCeiling(); got < ceiling {
		t.Errorf("snapshot 3 is later than lease 2, and the ceiling in its header is %d, not %d", got, ceiling)
	}
	again := image(t, crashed)
	n.stop()

	after := p.follower(again, nil)
	after.describe()
	if got := after.clock.PhysicalCeiling(); got < ceiling {
		t.Errorf("lease 2 is lost: applied up to %d, the clock's ceiling is %d, not %d",
			after.engine.AppliedIndex(), got, ceiling)
	}
}
