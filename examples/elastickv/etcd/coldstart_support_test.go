//go:build elastickv

// What the tests of this folder share: nodes that run elastickv's own engine, state machine and Pebble store; images of
// a node's disk at a chosen moment; and a leader that says what a test tells it to say.
// Copy into internal/raftengine/etcd, together with any test. Run at d9a031d0.
//
// A crash is a copy of the node's folder, taken while the node runs. It holds what the kernel has been given, so it is
// what a killed process leaves behind. What etcd's WAL still buffers in the process is not in it.

package etcd

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bootjp/elastickv/internal"
	"github.com/bootjp/elastickv/internal/raftengine"
	"github.com/bootjp/elastickv/kv"
	pb "github.com/bootjp/elastickv/proto"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/storage/wal"
	raftpb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

const patience = 20 * time.Second

// ---- The state machine ----------------------------------------------------------------------------------------------

// machine is what kv's state machine offers; the engine looks for each part of it by a type assertion.
type machine interface {
	StateMachine
	raftengine.ApplyIndexAware
	raftengine.AppliedIndexReader
	raftengine.AppliedIndexWriter
	raftengine.SnapshotHeaderApplier
	raftengine.VolatileEntryClassifier
}

// hooks are called in the run loop, at moments at which a node may crash.
type hooks struct {
	written  func(key string)          // one request of an entry is in the store
	applied  func(index uint64)        // the state machine has returned from an entry
	restored func()                    // the store has been swapped for that of a snapshot
	captured func(s Snapshot) Snapshot // a snapshot has been captured, and is not yet written

	outcome string // what the cold start has reported: skipped, executed or fallback
	start   string // the same in full
}

// OnApply makes hooks an observer of kv's state machine.
func (h *hooks) OnApply(_ pb.Op, key []byte) {
	if h.written != nil {
		h.written(string(key))
	}
}

// watched is kv's own state machine; it only tells the hooks what happens.
type watched struct {
	machine
	hooks *hooks
	index uint64
}

func (w *watched) SetApplyIndex(index uint64) {
	w.index = index
	w.machine.SetApplyIndex(index)
}

func (w *watched) Apply(data []byte) any {
	result := w.machine.Apply(data)
	if w.hooks.applied != nil {
		w.hooks.applied(w.index)
	}
	return result
}

func (w *watched) Restore(r io.Reader) error {
	if err := w.machine.Restore(r); err != nil {
		return err
	}
	if w.hooks.restored != nil {
		w.hooks.restored()
	}
	return nil
}

func (w *watched) Snapshot() (Snapshot, error) {
	s, err := w.machine.Snapshot()
	if err == nil && w.hooks.captured != nil {
		s = w.hooks.captured(s)
	}
	return s, err
}

func (h *hooks) report(outcome string, s uint64, found string) {
	h.outcome, h.start = outcome, fmt.Sprintf("%s (S=%d, %s)", outcome, s, found)
}

func (h *hooks) RestoreSkipped(s, have uint64) { h.report("skipped", s, fmt.Sprintf("have %d", have)) }
func (h *hooks) RestoreExecuted(s, have uint64) {
	h.report("executed", s, fmt.Sprintf("have %d", have))
}
func (h *hooks) RestoreFallback(s uint64, why string) { h.report("fallback", s, why) }

// ---- Nodes ----------------------------------------------------------------------------------------------------------

// node is one process: an engine over a store and a clock.
type node struct {
	*hooks
	t      *testing.T
	dir    string
	store  store.MVCCStore
	clock  *kv.HLC
	fsm    *watched
	engine *Engine
	server *grpc.Server
}

func raftDir(dir string) string { return filepath.Join(dir, "raft") }

// build opens the store of a folder and makes the state machine on it, without an engine.
func build(t *testing.T, dir string, h *hooks) *node {
	t.Helper()
	wal.SegmentSizeBytes = 1 << 20 // so that an image is a small copy
	require.NoError(t, os.MkdirAll(dir, 0o755))
	st, err := store.NewPebbleStore(filepath.Join(dir, "fsm.db"))
	require.NoError(t, err)
	if h == nil {
		h = &hooks{}
	}
	n := &node{hooks: h, t: t, dir: dir, store: st, clock: kv.NewHLC()}
	fsm, ok := kv.NewKvFSMWithHLC(st, n.clock, kv.WithApplyObserver(h)).(machine)
	require.True(t, ok, "kv's state machine has all that the cold start looks for")
	n.fsm = &watched{machine: fsm, hooks: h}
	t.Cleanup(n.stop)
	return n
}

// open starts the engine: the cold start, and the run loop.
func (n *node) open(cfg OpenConfig, fsm StateMachine) error {
	cfg.DataDir, cfg.StateMachine, cfg.ColdStartObserver = raftDir(n.dir), fsm, n.hooks
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	engine, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	n.engine = engine
	return nil
}

func soleVoter() OpenConfig {
	return OpenConfig{NodeID: 1, LocalID: "n1", LocalAddress: "127.0.0.1:7001", Bootstrap: true}
}

// alone starts a node that is the only voter of its group.
func alone(t *testing.T, dir string, h *hooks) *node {
	t.Helper()
	n := build(t, dir, h)
	require.NoError(t, n.open(soleVoter(), n.fsm))
	return n
}

func (n *node) stop() {
	if n.server != nil {
		n.server.Stop()
		n.server = nil
	}
	if n.engine != nil {
		_ = n.engine.Close()
		n.engine = nil
	}
	if n.store != nil {
		_ = n.store.Close()
		n.store = nil
	}
}

// propose commits an entry and returns its index.
func (n *node) propose(data []byte) uint64 {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	result, err := n.engine.Propose(ctx, data)
	require.NoError(n.t, err)
	return result.CommitIndex
}

func (n *node) eventually(condition func() bool, what string) {
	n.t.Helper()
	require.Eventually(n.t, condition, patience, 5*time.Millisecond, what)
}

// get returns what the store holds under a key; "" if nothing.
func (n *node) get(key string) string {
	n.t.Helper()
	value, err := n.store.GetAt(context.Background(), []byte(key), math.MaxUint64)
	if errors.Is(err, store.ErrKeyNotFound) {
		return ""
	}
	require.NoError(n.t, err)
	return string(value)
}

// have returns metaAppliedIndex; 0 if there is none.
func (n *node) have() uint64 {
	n.t.Helper()
	index, _, err := n.fsm.LastAppliedIndex()
	require.NoError(n.t, err)
	return index
}

// describe logs what the start has found, and returns where the log ends.
func (n *node) describe() uint64 {
	n.t.Helper()
	hard, _, err := n.engine.storage.InitialState()
	require.NoError(n.t, err)
	last := n.lastIndex()
	n.t.Logf("start: %s; now Commit=%d, the log ends at %d, have %d, applied %d",
		n.start, hard.GetCommit(), last, n.have(), n.engine.AppliedIndex())
	return last
}

// lastIndex returns where the log ends.
func (n *node) lastIndex() uint64 {
	n.t.Helper()
	last, err := n.engine.storage.LastIndex()
	require.NoError(n.t, err)
	return last
}

// snapshot returns the snapshot in memory, which is also the newest that is saved.
func (n *node) snapshot() raftpb.Snapshot {
	n.t.Helper()
	s, err := n.engine.storage.Snapshot()
	require.NoError(n.t, err)
	return snapshotValue(s)
}

// held is a snapshot that is not written before it is released.
type held struct {
	Snapshot
	release chan struct{}
}

func (h held) WriteTo(w io.Writer) (int64, error) {
	<-h.release
	return h.Snapshot.WriteTo(w)
}

// ---- Disks ----------------------------------------------------------------------------------------------------------

// image copies a folder as it is at this moment. It may be called from hooks, so it does not end the test.
func image(t *testing.T, dir string) string {
	target := t.TempDir()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return ignoreMissing(err)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(target, name), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return ignoreMissing(err)
		}
		return os.WriteFile(filepath.Join(target, name), data, 0o644)
	})
	if err != nil {
		t.Errorf("image of %s: %v", dir, err)
	}
	return target
}

// ignoreMissing: the WAL makes and renames files in the background.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// savedSnapshots returns the indices of the .snap files.
func savedSnapshots(t *testing.T, dir string) []uint64 {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(raftDir(dir), snapDirName, "*"+snapFileExt))
	require.NoError(t, err)
	indices := make([]uint64, 0, len(files))
	for _, file := range files {
		indices = append(indices, parseSnapFileIndex(filepath.Base(file)))
	}
	return indices
}

// spoilSnapshot makes the .snap file of an index unreadable.
func spoilSnapshot(t *testing.T, dir string, index uint64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(raftDir(dir), snapDirName, "*"+snapFileExt))
	require.NoError(t, err)
	for _, file := range files {
		if parseSnapFileIndex(filepath.Base(file)) == index {
			require.NoError(t, os.WriteFile(file, []byte("spoiled"), 0o644))
			return
		}
	}
	t.Fatalf("no snapshot %d in %s", index, dir)
}

// bodyOf restores the .fsm file of an index into a store of its own.
func bodyOf(t *testing.T, dir string, index uint64) *node {
	t.Helper()
	path := fsmSnapPath(filepath.Join(raftDir(dir), fsmSnapDirName), index)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	n := build(t, t.TempDir(), nil)
	require.NoError(t, openAndRestoreFSMSnapshot(n.fsm, path, binary.BigEndian.Uint32(data[len(data)-fsmFooterSize:])))
	return n
}

// panicOf is the part of a process's output that says how it ended.
func panicOf(output []byte) string {
	if at := bytes.Index(output, []byte("panic: ")); at >= 0 {
		output = output[at:]
		if end := bytes.Index(output, []byte("\n\n")); end >= 0 {
			output = output[:end]
		}
	}
	return string(output)
}

// ---- Entries --------------------------------------------------------------------------------------------------------

func put(key, value string, ts uint64) *pb.Request {
	return &pb.Request{Ts: ts, Mutations: []*pb.Mutation{{Op: pb.Op_PUT, Key: []byte(key), Value: []byte(value)}}}
}

// entry encodes requests as kv's transaction manager does: one, or a batch of several clients' requests.
func entry(requests ...*pb.Request) []byte {
	var tag byte
	var message proto.Message = requests[0]
	if len(requests) > 1 {
		tag, message = 1, &pb.RaftCommand{Requests: requests}
	}
	data, err := proto.Marshal(message)
	if err != nil {
		panic(err)
	}
	return append([]byte{tag}, data...)
}

// lease encodes a new physical ceiling of the clock, in milliseconds.
func lease(ceiling int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{2}, uint64(ceiling))
}

// logged is an entry as the leader replicates it; nil data is a leader's own empty entry.
func logged(index, term uint64, data []byte) *raftpb.Entry {
	if data != nil {
		data = encodeProposalEnvelope(index, data)
	}
	return &raftpb.Entry{Index: &index, Term: &term, Type: raftpb.EntryNormal.Enum(), Data: data}
}

// transaction is what kv's coordinator proposes for a phase of a transaction on one key.
func transaction(phase pb.Phase, startTS, commitTS uint64, key string) *pb.Request {
	meta := kv.EncodeTxnMeta(kv.TxnMeta{
		PrimaryKey: []byte(key), LockTTLms: uint64(time.Hour.Milliseconds()), CommitTS: commitTS,
	})
	return &pb.Request{IsTxn: true, Phase: phase, Ts: startTS, Mutations: []*pb.Mutation{
		{Op: pb.Op_PUT, Key: []byte(kv.TxnMetaPrefix), Value: meta},
		{Op: pb.Op_PUT, Key: []byte(key), Value: []byte("by the transaction")},
	}}
}

// memberChange is a change of members as the leader replicates it.
func memberChange(t *testing.T, index, term uint64, kind raftpb.ConfChangeType, member uint64) *raftpb.Entry {
	t.Helper()
	added := Peer{NodeID: member, ID: fmt.Sprint("n", member), Address: "127.0.0.1:2"}
	peer, err := encodeConfChangeContext(index, added)
	require.NoError(t, err)
	data, err := proto.Marshal(&raftpb.ConfChange{Type: kind.Enum(), NodeId: &member, Context: peer})
	require.NoError(t, err)
	return &raftpb.Entry{Index: &index, Term: &term, Type: raftpb.EntryConfChange.Enum(), Data: data}
}

// leadersLog is what some leaders have, and their followers have not yet.
var leadersLog = map[uint64][]byte{
	2: entry(put("two", "2", 20)),
	3: entry(put("three", "3", 30)),
	4: entry(put("four", "4", 40)),
	5: entry(put("five", "5", 50)),
	6: entry(put("six", "6", 60)),
}

// ---- A leader that does as it is told -------------------------------------------------------------------------------

// puppet is node 2 of a group of three: a real transport, behind which there is no raft. Node 3 never says anything.
type puppet struct {
	t         *testing.T
	transport *GRPCTransport
	peers     []Peer
	mu        sync.Mutex
	received  []raftpb.Message
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	var listener net.Listener
	require.Eventually(t, func() bool {
		var err error
		listener, err = net.Listen("tcp", address)
		return err == nil
	}, patience, 20*time.Millisecond)
	return listener
}

func serve(t *testing.T, transport *GRPCTransport, listener net.Listener) *grpc.Server {
	t.Helper()
	server := grpc.NewServer(internal.GRPCServerOptions()...)
	transport.Register(server)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return server
}

func newPuppet(t *testing.T) *puppet {
	t.Helper()
	first, second := listen(t, "127.0.0.1:0"), listen(t, "127.0.0.1:0")
	p := &puppet{t: t, peers: []Peer{
		{NodeID: 1, ID: "n1", Address: first.Addr().String()},
		{NodeID: 2, ID: "n2", Address: second.Addr().String()},
		{NodeID: 3, ID: "n3", Address: "127.0.0.1:1"},
	}}
	require.NoError(t, first.Close())
	p.transport = NewGRPCTransport(p.peers)
	p.transport.SetHandler(func(_ context.Context, m raftpb.Message) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.received = append(p.received, m)
		return nil
	})
	serve(t, p.transport, second)
	t.Cleanup(func() { _ = p.transport.Close() })
	return p
}

// follower starts node 1. Its clock does not tick: it does nothing but answer.
func (p *puppet) follower(dir string, h *hooks) *node {
	p.t.Helper()
	n := build(p.t, dir, h)
	require.NoError(p.t, p.start(n))
	return n
}

func (p *puppet) start(n *node) error { return p.startWith(n, n.fsm) }

func (p *puppet) startWith(n *node, fsm StateMachine) error {
	transport := NewGRPCTransport(p.peers)
	n.server = serve(p.t, transport, listen(p.t, p.peers[0].Address))
	return n.open(OpenConfig{
		NodeID: 1, LocalID: "n1", LocalAddress: p.peers[0].Address, Peers: p.peers, Bootstrap: true,
		Transport: transport, TickInterval: time.Hour,
	}, fsm)
}

func (p *puppet) send(m *raftpb.Message) error {
	m.From, m.To = proto.Uint64(2), proto.Uint64(1)
	return p.transport.Dispatch(context.Background(), *m)
}

// appendEntries replicates entries that follow `previous`, all of one term.
func (p *puppet) appendEntries(term, previous, previousTerm, commit uint64, entries ...*raftpb.Entry) {
	p.t.Helper()
	require.NoError(p.t, p.send(&raftpb.Message{
		Type: raftpb.MsgApp.Enum(), Term: &term, Index: &previous, LogTerm: &previousTerm,
		Commit: &commit, Entries: entries,
	}))
}

func (p *puppet) heartbeat(term, commit uint64) error {
	return p.send(&raftpb.Message{Type: raftpb.MsgHeartbeat.Enum(), Term: &term, Commit: &commit})
}

// canvass asks for a vote in a pre-election: on the follower, the answer is a Ready without a commit.
func (p *puppet) canvass(term, last, lastTerm uint64) {
	p.t.Helper()
	require.NoError(p.t, p.send(&raftpb.Message{
		Type: raftpb.MsgPreVote.Enum(), Term: &term, Index: &last, LogTerm: &lastTerm,
	}))
}

// sendSnapshot sends the payload of a .fsm file as a snapshot of an index, with all three nodes as voters.
func (p *puppet) sendSnapshot(term, index, indexTerm uint64, payload []byte) error {
	return p.sendSnapshotOf(term, index, indexTerm, payload, &raftpb.ConfState{Voters: []uint64{1, 2, 3}})
}

func (p *puppet) sendSnapshotOf(term, index, indexTerm uint64, payload []byte, members *raftpb.ConfState) error {
	return p.send(&raftpb.Message{Type: raftpb.MsgSnap.Enum(), Term: &term, Snapshot: &raftpb.Snapshot{
		Data:     payload,
		Metadata: &raftpb.SnapshotMetadata{Index: &index, Term: &indexTerm, ConfState: members},
	}})
}

// acknowledged returns the highest index that the follower has told the leader to have in its log.
func (p *puppet) acknowledged() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	var highest uint64
	for i := range p.received {
		if m := &p.received[i]; m.GetType() == raftpb.MsgAppResp && !m.GetReject() {
			highest = max(highest, m.GetIndex())
		}
	}
	return highest
}

// answers counts what the follower has sent of a type.
func (p *puppet) answers(kind raftpb.MessageType) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := 0
	for i := range p.received {
		if p.received[i].GetType() == kind {
			count++
		}
	}
	return count
}

// payload is the body that a leader would send: kv's own snapshot of a store to which these entries were applied.
func payload(t *testing.T, entries map[uint64][]byte, upTo uint64) []byte {
	t.Helper()
	n := build(t, t.TempDir(), nil)
	for index := uint64(1); index <= upTo; index++ {
		if data, ok := entries[index]; ok {
			n.fsm.SetApplyIndex(index)
			require.Nil(t, n.fsm.Apply(data))
		}
	}
	s, err := n.fsm.Snapshot()
	require.NoError(t, err)
	defer func() { _ = s.Close() }()
	file, err := os.CreateTemp(t.TempDir(), "payload")
	require.NoError(t, err)
	_, err = s.WriteTo(file)
	require.NoError(t, err)
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return data
}

// behind is a follower that has entry 2, and knows that it is committed; its leader is at entry 6.
func behind(t *testing.T, p *puppet, dir string, h *hooks) *node {
	t.Helper()
	n := p.follower(dir, h)
	p.appendEntries(2, 1, 1, 1, logged(2, 2, leadersLog[2]))
	n.eventually(func() bool { return p.acknowledged() == 2 }, "entry 2 is acknowledged")
	require.NoError(t, p.heartbeat(2, 2))
	n.eventually(func() bool { return n.get("two") == "2" }, "entry 2 is applied")
	return n
}
