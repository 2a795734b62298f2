//go:build elastickv

// Shows: a node that has to rebuild its store (restore the snapshot, apply the log above it) rejects transactions in
// that log, since the route catalog is loaded after the groups are opened. All functions that start it are main.go's.
//
// Copy into the root folder, which is package main. Run at d9a031d0: fails.

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/bootjp/elastickv/distribution"
	"github.com/bootjp/elastickv/kv"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
)

func TestRebuiltStoreHoldsItsTransactions(t *testing.T) {
	dir := t.TempDir()
	type process struct {
		store      store.MVCCStore
		coordinate *kv.ShardedCoordinator
		routes     *distribution.Engine
		stop       func()
	}
	start := func() process {
		cfg, err := parseRuntimeConfig("127.0.0.1:7001", "127.0.0.1:7002", "", "", "", "", "", "", "", "", "", "")
		require.NoError(t, err)
		factory, err := newRaftFactory(raftEngineEtcd, nil)
		require.NoError(t, err)
		clock := kv.NewHLC()
		runtimes, groups, err := buildShardGroups("n1", dir, cfg.groups, cfg.multi, true, raftBootstrapConfig{}, factory,
			nil, clock, nil, nil, "", encryptionWriteWiring{}, cfg.engine)
		require.NoError(t, err)
		shards := kv.NewShardStore(cfg.engine, groups)
		coordinate := kv.NewShardedCoordinator(cfg.engine, groups, cfg.defaultGroup, clock, shards)
		_, err = setupDistributionCatalog(context.Background(), runtimes, cfg.engine)
		require.NoError(t, err)
		return process{groups[cfg.defaultGroup].Store, coordinate, cfg.engine, func() {
			_ = shards.Close()
			for _, runtime := range runtimes {
				runtime.Close()
			}
		}}
	}
	count := func(p process) int {
		found := 0
		for i := range 10 {
			if _, err := p.store.GetAt(context.Background(), []byte(fmt.Sprint("key", i)), math.MaxUint64); err == nil {
				found++
			}
		}
		return found
	}

	before := start()
	for i := range 10 {
		put := &kv.Elem[kv.OP]{Op: kv.Put, Key: []byte(fmt.Sprint("key", i)), Value: []byte("1")}
		_, err := before.coordinate.Dispatch(context.Background(),
			&kv.OperationGroup[kv.OP]{IsTxn: true, Elems: []*kv.Elem[kv.OP]{put}})
		require.NoError(t, err)
	}
	t.Logf("10 transactions are acknowledged, at catalog version %d; the store holds %d",
		before.routes.Version(), count(before))
	require.Equal(t, 10, count(before))
	raw := &kv.Elem[kv.OP]{Op: kv.Put, Key: []byte("raw"), Value: []byte("1")} // a write that pins no version
	_, err := before.coordinate.Dispatch(context.Background(), &kv.OperationGroup[kv.OP]{Elems: []*kv.Elem[kv.OP]{raw}})
	require.NoError(t, err)
	before.stop()

	stores, err := filepath.Glob(filepath.Join(dir, "*", "fsm.db"))
	require.NoError(t, err)
	require.Len(t, stores, 1)
	require.NoError(t, os.RemoveAll(stores[0])) // as after a crash between the two renames of a restore
	after := start()
	defer after.stop()
	t.Logf("rebuilt from the snapshot and the log, at catalog version %d, it holds %d",
		after.routes.Version(), count(after))
	_, err = after.store.GetAt(context.Background(), []byte("raw"), math.MaxUint64)
	require.NoError(t, err, "the write that is no transaction is there")
	if got := count(after); got != 10 {
		t.Errorf("%d of 10 acknowledged transactions are missing, and nothing has failed", 10-got)
	}
}
