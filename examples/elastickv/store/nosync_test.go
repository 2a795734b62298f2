//go:build elastickv

// Shows: if the store does not sync its writes, metaAppliedIndex is not synced before a snapshot is saved, though its
// comment says so: SetDurableAppliedIndex returns early when the index that is visible is high enough.
//   - TestCheckpointIsSynced: a loss of power takes metaAppliedIndex below the index of the saved snapshot;
//   - TestCheckpointKeepsBatches: it leaves half of an entry, with metaAppliedIndex at the entry.
//
// Model: models/cold_start/nosync.gate, check v9 (CheckpointOrder) and v0 (NoLoss); repair checkpoint_syncs.
// Copy into store. Run at d9a031d0: both fail. With the repair, they pass.

package store

import (
	"context"
	"math"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/stretchr/testify/require"
)

// onDisk opens a store on a disk that can lose power.
func onDisk(t *testing.T, disk *vfs.MemFS) *pebbleStore {
	t.Helper()
	options, cache := defaultPebbleOptionsWithCache()
	options.FS = disk
	db, err := pebble.Open("db", options)
	require.NoError(t, err)
	s := &pebbleStore{db: db, cache: cache, dir: "db", writeConflicts: newWriteConflictCounter()}
	s.fsmApplyWriteOpts, s.fsmApplySyncModeLabel = resolveFSMApplyWriteOpts(fsmSyncModeNoSync)
	s.lastCommitTS, err = s.findMaxCommitTS()
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t *testing.T, s *pebbleStore, key string, ts, index uint64) {
	t.Helper()
	require.NoError(t, s.ApplyMutationsRaftAt(context.Background(),
		[]*KVPairMutation{{Op: OpTypePut, Key: []byte(key), Value: []byte("1")}}, nil, ts, ts, index))
}

func holds(t *testing.T, s *pebbleStore, key string) bool {
	t.Helper()
	exists, err := s.ExistsAt(context.Background(), []byte(key), math.MaxUint64)
	require.NoError(t, err)
	return exists
}

// savedAndLost raises metaAppliedIndex as the engine does before it saves a snapshot, and then loses power.
func savedAndLost(t *testing.T, disk *vfs.MemFS, s *pebbleStore, index uint64) *pebbleStore {
	t.Helper()
	require.NoError(t, s.SetDurableAppliedIndex(index))
	// The engine saves the snapshot here: its log ends above `index`, which nothing can bring back.
	return onDisk(t, disk.CrashClone(vfs.CrashCloneCfg{}))
}

func TestCheckpointIsSynced(t *testing.T) {
	disk := vfs.NewCrashableMem()
	s := onDisk(t, disk)
	for index := uint64(1); index <= 10; index++ {
		write(t, s, string(rune('a'+index)), index, index)
	}
	after := savedAndLost(t, disk, s, 10)
	have, _, err := after.LastAppliedIndex()
	require.NoError(t, err)
	t.Logf("SetDurableAppliedIndex(10) has returned; after the loss of power metaAppliedIndex is %d", have)
	if have < 10 {
		t.Errorf("a snapshot of index 10 may be saved, and metaAppliedIndex is %d", have)
	}
}

func TestCheckpointKeepsBatches(t *testing.T) {
	disk := vfs.NewCrashableMem()
	s := onDisk(t, disk)
	write(t, s, "a", 10, 10) // the first request of entry 10
	// Something syncs the store, as a write to the route catalog does, which does not go through the log.
	require.NoError(t, s.ApplyMutations(context.Background(),
		[]*KVPairMutation{{Op: OpTypePut, Key: []byte("direct"), Value: []byte("1")}}, nil, 11, 11))
	write(t, s, "b", 12, 10) // the second request of entry 10
	after := savedAndLost(t, disk, s, 10)
	have, _, err := after.LastAppliedIndex()
	require.NoError(t, err)
	t.Logf("after the loss of power: metaAppliedIndex %d, a there: %v, b there: %v",
		have, holds(t, after, "a"), holds(t, after, "b"))
	if have >= 10 && !holds(t, after, "b") {
		t.Errorf("snapshot 10 may be saved; a start skips it, metaAppliedIndex being %d, and b is lost", have)
	}
}
