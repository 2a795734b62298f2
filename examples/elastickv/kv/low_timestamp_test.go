//go:build elastickv

// Shows what the design of the hotspot split's second milestone takes for granted, and models/elastickv/migration.gate
// with it: a group accepts writes below timestamps that it has accepted already, in whatever form they come.
//
// Copy into kv. Run at d9a031d0: passes.

package kv

import (
	"context"
	"testing"

	pb "github.com/bootjp/elastickv/proto"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
)

func TestLowTimestampsAreAccepted(t *testing.T) {
	st := store.NewMVCCStore()
	fsm := NewKvFSMWithHLC(st, NewHLC())
	apply := func(request *pb.Request) {
		t.Helper()
		data, err := proto.Marshal(request)
		require.NoError(t, err)
		result := fsm.Apply(append([]byte{raftEncodeSingle}, data...))
		if err, failed := result.(error); failed {
			require.NoError(t, err)
		}
	}
	put := func(key string) *pb.Mutation {
		return &pb.Mutation{Op: pb.Op_PUT, Key: []byte(key), Value: []byte("1")}
	}
	transaction := func(phase pb.Phase, start, commit uint64, primary, key string) *pb.Request {
		meta := EncodeTxnMeta(TxnMeta{PrimaryKey: []byte(primary), LockTTLms: 60_000, CommitTS: commit})
		return &pb.Request{IsTxn: true, Phase: phase, Ts: start, Mutations: []*pb.Mutation{
			{Op: pb.Op_PUT, Key: []byte(TxnMetaPrefix), Value: meta}, put(key),
		}}
	}
	newest := func(key string) uint64 {
		t.Helper()
		ts, _, err := st.LatestCommitTS(context.Background(), []byte(key))
		require.NoError(t, err)
		return ts
	}

	apply(&pb.Request{Ts: 10, Mutations: []*pb.Mutation{put("deleted/a")}})
	apply(&pb.Request{Ts: 100, Mutations: []*pb.Mutation{put("high")}})
	apply(transaction(pb.Phase_PREPARE, 20, 70, "elsewhere", "secondary"))

	apply(&pb.Request{Ts: 40, Mutations: []*pb.Mutation{put("raw")}})
	apply(transaction(pb.Phase_NONE, 20, 50, "one phase", "one phase"))
	apply(&pb.Request{Ts: 60, Mutations: []*pb.Mutation{{Op: pb.Op_DEL_PREFIX, Key: []byte("deleted/")}}})
	apply(transaction(pb.Phase_COMMIT, 20, 70, "elsewhere", "secondary"))
	t.Logf("after a write at %d: raw at %d, in one phase at %d, the deletion of a prefix at %d, a secondary at %d",
		newest("high"), newest("raw"), newest("one phase"), newest("deleted/a"), newest("secondary"))
	require.Equal(t, []uint64{40, 50, 60, 70},
		[]uint64{newest("raw"), newest("one phase"), newest("deleted/a"), newest("secondary")})
}
