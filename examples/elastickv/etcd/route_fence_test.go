//go:build elastickv

// Shows: an entry that is applied in a start, before the node has loaded the route catalog, is rejected, although the
// group has accepted it; e.applied goes on, and the write is missing on this replica.
//
// The order of a start is that of main.go: the groups are opened, then the catalog is loaded. (main/route_fence_test.go
// runs main.go's own functions.)
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: fails.

package etcd

import (
	"testing"

	"github.com/bootjp/elastickv/distribution"
	"github.com/bootjp/elastickv/kv"
	pb "github.com/bootjp/elastickv/proto"
	"github.com/stretchr/testify/require"
)

// told is a state machine that tells which entry is about to be applied.
type told struct {
	*watched
	next func(index uint64)
}

func (f *told) SetApplyIndex(index uint64) {
	f.next(index)
	f.watched.SetApplyIndex(index)
}

func TestVerdictSurvivesACrash(t *testing.T) {
	catalog := distribution.CatalogSnapshot{Version: 1, Routes: []distribution.RouteDescriptor{
		{RouteID: 1, Start: []byte(""), GroupID: 1, State: distribution.RouteStateActive},
	}}
	p := newPuppet(t)
	// start is what main.go does: the group is opened, and then the catalog is loaded into the history.
	start := func(dir string, next func(uint64)) *node {
		routes := distribution.NewEngineWithDefaultRoute()
		n := build(t, dir, nil)
		fenced := kv.WithRouteHistory(kv.WrapDistributionEngine(routes), 1)
		fsm, ok := kv.NewKvFSMWithHLC(n.store, n.clock, fenced).(machine)
		require.True(t, ok)
		n.fsm.machine = fsm
		require.NoError(t, p.startWith(n, &told{n.fsm, next}))
		require.NoError(t, routes.ApplySnapshot(catalog))
		return n
	}

	dir, crashed := t.TempDir(), ""
	before := start(dir, func(index uint64) {
		if index == 3 {
			crashed = image(t, dir) // entry 3 is in the log and known to be committed, and about to be applied
		}
	})
	request := transaction(pb.Phase_NONE, 30, 40, "x")
	request.ObservedRouteVersion = 1
	p.appendEntries(2, 1, 1, 1, logged(2, 2, leadersLog[2]), logged(3, 2, entry(request)))
	before.eventually(func() bool { return p.acknowledged() == 3 }, "entry 3 is acknowledged")
	p.appendEntries(2, 3, 2, 3, logged(4, 2, entry(put("four", "4", 50)))) // whose sync carries Commit 3
	before.eventually(func() bool { return before.get("x") != "" }, "the transaction is accepted")
	before.stop()

	after := start(crashed, func(uint64) {})
	after.describe()
	require.NoError(t, p.heartbeat(3, 4))
	after.eventually(func() bool { return after.get("four") == "4" }, "entry 4 is applied")
	t.Logf("the transaction is entry 3, applied up to %d: x=%q", after.engine.AppliedIndex(), after.get("x"))
	if after.get("x") == "" {
		t.Errorf("entry 3 was accepted by the group, and by this replica; after a crash this replica has rejected it")
	}
}
