//go:build elastickv

// Shows: a full restore changes the clock, and in the native format the store, before the checksum of the file is known
// to be wrong; the start fails, and once the file is replaced, the next one keeps the corrupt store.
//   - TestRestoreChangesNothingBeforeTheChecksum: clock and store before and after, for each of the three formats;
//   - TestCorruptStoreIsNotKept: two starts of a node, the file replaced in between.
//
// Model: models/cold_start/verifier.gate, check v9 (FailClosed; Sound); repair checksum_before_restore.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: both fail.

package etcd

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bootjp/elastickv/kv"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
)

// writeDamaged writes a .fsm file in which one byte of a value differs, and returns the checksum that the token has.
func writeDamaged(t *testing.T, dir string, index uint64, s Snapshot, value, instead string) (uint32, string) {
	t.Helper()
	crc, err := writeFSMSnapshotFile(s, dir, index)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	path := fsmSnapPath(dir, index)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 1, bytes.Count(data, []byte(value)), "the value is in the file once, as it is")
	require.NoError(t, os.WriteFile(path, bytes.Replace(data, []byte(value), []byte(instead), 1), 0o644))
	return crc, path
}

func TestRestoreChangesNothingBeforeTheChecksum(t *testing.T) {
	const ceiling = 5_000
	formats := map[string]func() store.MVCCStore{
		"native": func() store.MVCCStore {
			st, err := store.NewPebbleStore(t.TempDir())
			require.NoError(t, err)
			return st
		},
		"SST ingest": func() store.MVCCStore {
			st, err := store.NewPebbleStore(t.TempDir(), store.WithSSTIngestSnapshots(true))
			require.NoError(t, err)
			return st
		},
		"streaming MVCC": func() store.MVCCStore { return store.NewMVCCStore() },
	}
	for name, open := range formats {
		t.Run(name, func(t *testing.T) {
			sender, clock := open(), kv.NewHLC()
			defer func() { _ = sender.Close() }()
			clock.SetPhysicalCeiling(ceiling)
			from, ok := kv.NewKvFSMWithHLC(sender, clock).(machine)
			require.True(t, ok)
			from.SetApplyIndex(7)
			require.Nil(t, from.Apply(entry(put("key", "undamaged", 10))))
			s, err := from.Snapshot()
			require.NoError(t, err)
			crc, path := writeDamaged(t, t.TempDir(), 7, s, "undamaged", "UNdamaged")

			n := build(t, t.TempDir(), nil)
			n.fsm.SetApplyIndex(5)
			require.Nil(t, n.fsm.Apply(entry(put("own", "1", 5))))
			err = openAndRestoreFSMSnapshot(n.fsm, path, crc)
			require.Error(t, err)
			t.Logf("the restore fails: %v", err)
			t.Logf("afterwards: ceiling %d, have %d, own=%q, key=%q",
				n.clock.PhysicalCeiling(), n.have(), n.get("own"), n.get("key"))
			if got := n.clock.PhysicalCeiling(); got != 0 {
				t.Errorf("the clock's ceiling is %d, from the header of a file that is damaged", got)
			}
			if n.get("own") != "1" || n.have() != 5 {
				t.Errorf("the store has been swapped for a damaged one: own=%q, key=%q", n.get("own"), n.get("key"))
			}
		})
	}
}

func TestCorruptStoreIsNotKept(t *testing.T) {
	t.Setenv(snapshotEveryEnvVar, "1")
	dir := t.TempDir()
	before := alone(t, dir, nil)
	index := before.propose(entry(put("key", "undamaged", 10)))
	before.eventually(func() bool { return maxAppliedIndex(before.snapshot()) == index }, "a local snapshot is saved")
	before.stop()
	// The store is lost, and one byte of the snapshot's file is damaged.
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "fsm.db")))
	path := fsmSnapPath(filepath.Join(raftDir(dir), fsmSnapDirName), index)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(good, []byte("undamaged"), []byte("UNdamaged"), 1), 0o644))

	failed := build(t, dir, nil)
	err = failed.open(soleVoter(), failed.fsm)
	require.ErrorIs(t, err, ErrFSMSnapshotFileCRC)
	t.Logf("the first start fails: %v", err)
	failed.stop()

	require.NoError(t, os.WriteFile(path, good, 0o644)) // the operator replaces the file by a good copy
	after := alone(t, dir, nil)
	after.describe()
	if got := after.get("key"); got != "undamaged" {
		t.Errorf("the second start succeeds (%s) and serves key=%q", after.outcome, got)
	}
}
