//go:build elastickv

// Shows: two replicas of one group come to different verdicts on the same entry, since each asks the route history in
// its own memory: one has learned of the catalog version that the transaction has pinned, the other has not yet.
//
// Copy into kv. Run at d9a031d0: fails.

package kv

import (
	"context"
	"math"
	"testing"

	"github.com/bootjp/elastickv/distribution"
	pb "github.com/bootjp/elastickv/proto"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
)

func TestReplicasAgreeOnAnEntry(t *testing.T) {
	catalog := func(version uint64) distribution.CatalogSnapshot {
		return distribution.CatalogSnapshot{Version: version, Routes: []distribution.RouteDescriptor{
			{RouteID: 1, Start: []byte(""), GroupID: 1, State: distribution.RouteStateActive},
		}}
	}
	type replica struct {
		routes *distribution.Engine
		store  store.MVCCStore
		fsm    FSM
	}
	start := func() replica {
		r := replica{routes: distribution.NewEngineWithDefaultRoute(), store: store.NewMVCCStore()}
		require.NoError(t, r.routes.ApplySnapshot(catalog(1)))
		r.fsm = NewKvFSMWithHLC(r.store, NewHLC(), WithRouteHistory(WrapDistributionEngine(r.routes), 1))
		return r
	}
	leader, follower := start(), start()
	// The catalog moves on. The node that has served the change knows at once, the other when it polls the next time.
	require.NoError(t, leader.routes.ApplySnapshot(catalog(2)))

	meta := EncodeTxnMeta(TxnMeta{PrimaryKey: []byte("x"), CommitTS: 20})
	request := &pb.Request{IsTxn: true, Phase: pb.Phase_NONE, Ts: 10, ObservedRouteVersion: leader.routes.Version(),
		Mutations: []*pb.Mutation{
			{Op: pb.Op_PUT, Key: []byte(TxnMetaPrefix), Value: meta},
			{Op: pb.Op_PUT, Key: []byte("x"), Value: []byte("1")},
		}}
	data, err := proto.Marshal(request)
	require.NoError(t, err)
	entry := append([]byte{raftEncodeSingle}, data...)

	verdict := func(r replica) string {
		response := r.fsm.Apply(entry)
		value, _ := r.store.GetAt(context.Background(), []byte("x"), math.MaxUint64)
		_, halts := response.(interface{ HaltApply() error })
		t.Logf("response %v, halts the node: %v, x=%q", response, halts, value)
		return string(value)
	}
	first, second := verdict(leader), verdict(follower)
	require.NoError(t, follower.routes.ApplySnapshot(catalog(2))) // it polls, too late
	if first != second {
		t.Errorf("after the same entry, one replica holds x=%q and the other x=%q", first, second)
	}
}
