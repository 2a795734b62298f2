//go:build elastickv

// Shows what was wrong with the earlier revisions of the skip gate: each test states what must hold of a start, and fails
// at some of them. A node is alone in its group, so that the same file can be compiled at each.
//
// Model: models/cold_start/*.gate, checks v0 to v9; docs/confirmed.md says which test is about which property.
// Copy into internal/raftengine/etcd. Run at 320d06ef (v0), 57467ed0 (v1), c9b7c3ba (v2), 1b166a5e (v3), 20f90a93 (v4),
// 58db40cd (v5), 1a78d0b0 (v6), 483103c2 (v7), 71455f85 (v8) and d9a031d0 (v9). Run at d9a031d0: TestHistoryNoLoss fails.
// TestHistoryIsReported was also run at ce277e66, the last commit before v0's observer was handed on.

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
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/bootjp/elastickv/internal/raftengine"
	"github.com/bootjp/elastickv/kv"
	pb "github.com/bootjp/elastickv/proto"
	"github.com/bootjp/elastickv/store"
	"github.com/stretchr/testify/require"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"google.golang.org/protobuf/proto"
)

// ---- A node that is alone in its group ------------------------------------------------------------------------------

// indexed is what kv's state machine offers besides Apply, Snapshot and Restore.
type indexed interface {
	StateMachine
	SetApplyIndex(index uint64)
	LastAppliedIndex() (uint64, bool, error)
	SetDurableAppliedIndex(index uint64) error
	ParseSnapshotHeader(r io.Reader) (uint64, uint64, error)
	ApplySnapshotHeader(ceiling, cutover uint64)
}

// recorded is kv's state machine; it tells of each entry before and after, and of what the cold start reports.
type recorded struct {
	indexed
	index         uint64
	before, after func(index uint64, data []byte)
	events        []string
}

func (r *recorded) SetApplyIndex(index uint64) {
	r.index = index
	r.indexed.SetApplyIndex(index)
}

func (r *recorded) Apply(data []byte) any {
	r.before(r.index, data)
	defer r.after(r.index, data)
	return r.indexed.Apply(data)
}

// IsVolatileOnlyPayload is asked from v4 on.
func (r *recorded) IsVolatileOnlyPayload(data []byte) bool {
	classifier, ok := r.indexed.(interface{ IsVolatileOnlyPayload([]byte) bool })
	return ok && classifier.IsVolatileOnlyPayload(data)
}

func (r *recorded) RestoreSkipped(s, have uint64) {
	r.events = append(r.events, fmt.Sprintf("skipped: S=%d, have %d", s, have))
}

func (r *recorded) RestoreExecuted(s, have uint64) {
	r.events = append(r.events, fmt.Sprintf("executed: S=%d, have %d", s, have))
}

func (r *recorded) RestoreFallback(s uint64, reason string) {
	r.events = append(r.events, fmt.Sprintf("fallback: S=%d, %s", s, reason))
}

// listening is kv's store; it tells of each batch that is in it.
type listening struct {
	store.MVCCStore
	raftengine.AppliedIndexReader
	raftengine.AppliedIndexWriter
	written func(key string)
}

func (s *listening) ApplyMutationsRaftAt(ctx context.Context, muts []*store.KVPairMutation, read [][]byte, start, commit,
	index uint64) error {
	err := s.MVCCStore.ApplyMutationsRaftAt(ctx, muts, read, start, commit, index)
	if err == nil {
		s.written(string(muts[0].Key))
	}
	return err
}

type process struct {
	t      *testing.T
	dir    string
	store  *listening
	clock  *kv.HLC
	fsm    *recorded
	engine *Engine
}

// prepare opens a store and makes a state machine on it. Nothing is started.
func prepare(t *testing.T, dir string) *process {
	t.Helper()
	return prepareGroup(t, dir, kv.NewHLC())
}

// prepareGroup does so for one of the groups of a process, which share its clock.
func prepareGroup(t *testing.T, dir string, clock *kv.HLC) *process {
	t.Helper()
	wal.SegmentSizeBytes = 1 << 20 // so that an image is a small copy
	require.NoError(t, os.MkdirAll(dir, 0o755))
	st, err := store.NewPebbleStore(filepath.Join(dir, "fsm.db"))
	require.NoError(t, err)
	p := &process{t: t, dir: dir, clock: clock}
	p.store = &listening{st, st.(raftengine.AppliedIndexReader), st.(raftengine.AppliedIndexWriter), func(string) {}}
	nothing := func(uint64, []byte) {}
	p.fsm = &recorded{indexed: kv.NewKvFSMWithHLC(p.store, p.clock).(indexed), before: nothing, after: nothing}
	t.Cleanup(p.end)
	return p
}

func (p *process) start() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	engine, err := Open(ctx, OpenConfig{
		NodeID: 1, LocalID: "n1", LocalAddress: "127.0.0.1:7001", Bootstrap: true, DataDir: filepath.Join(p.dir, "raft"),
		StateMachine: p.fsm, ColdStartObserver: p.fsm, MaxSizePerMsg: 1, // so that raft delivers one entry at a time
	})
	if err == nil {
		p.engine = engine
	}
	return err
}

func (p *process) end() {
	if p.engine != nil {
		_ = p.engine.Close()
		p.engine = nil
	}
	if p.store != nil {
		_ = p.store.Close()
		p.store = nil
	}
}

func (p *process) propose(data []byte) uint64 {
	p.t.Helper()
	result, err := p.engine.Propose(context.Background(), data)
	require.NoError(p.t, err)
	return result.CommitIndex
}

// settle waits until all that the node had in its log, and the entry of its own term, is applied.
func (p *process) settle(last uint64) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return p.engine.AppliedIndex() > last }, 20*time.Second, 5*time.Millisecond)
}

func (p *process) get(key string) string {
	value, _ := p.store.GetAt(context.Background(), []byte(key), math.MaxUint64)
	return string(value)
}

func (p *process) have() uint64 {
	index, _, _ := p.fsm.LastAppliedIndex()
	return index
}

// copied is a folder as a killed process would leave it at this moment.
func copied(t *testing.T, dir string) string {
	target := t.TempDir()
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // the WAL makes and renames files in the background
		}
		name, _ := filepath.Rel(dir, path)
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(target, name), 0o755)
		}
		if data, err := os.ReadFile(path); err == nil {
			return os.WriteFile(filepath.Join(target, name), data, 0o644)
		}
		return nil
	})
	return target
}

// crashed proposes entries, the first of which gets index 3, and returns the disk of the node once the last is applied.
func crashed(t *testing.T, entries ...[]byte) (dir string, last uint64) {
	t.Helper()
	p := prepare(t, t.TempDir())
	last = uint64(len(entries)) + 2
	p.fsm.after = func(index uint64, _ []byte) {
		if index == last {
			dir = copied(t, p.dir)
		}
	}
	require.NoError(t, p.start())
	for _, data := range entries {
		p.propose(data)
	}
	p.end()
	return dir, last
}

// ---- Entries --------------------------------------------------------------------------------------------------------

func encoded(tag byte, message proto.Message) []byte {
	data, err := proto.Marshal(message)
	if err != nil {
		panic(err)
	}
	return append([]byte{tag}, data...)
}

func write(key, value string, ts uint64) *pb.Request {
	return &pb.Request{Ts: ts, Mutations: []*pb.Mutation{{Op: pb.Op_PUT, Key: []byte(key), Value: []byte(value)}}}
}

func ceiling(milliseconds int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{2}, uint64(milliseconds))
}

func phase(phase pb.Phase, start, commit uint64, key string) *pb.Request {
	meta := kv.EncodeTxnMeta(kv.TxnMeta{PrimaryKey: []byte(key), LockTTLms: 3_600_000, CommitTS: commit})
	return &pb.Request{IsTxn: true, Phase: phase, Ts: start, Mutations: []*pb.Mutation{
		{Op: pb.Op_PUT, Key: []byte(kv.TxnMetaPrefix), Value: meta},
		{Op: pb.Op_PUT, Key: []byte(key), Value: []byte("by the transaction")},
	}}
}

// ---- What must hold -------------------------------------------------------------------------------------------------

func TestHistoryNoReplay(t *testing.T) {
	dir, last := crashed(t, encoded(0, write("a", "1", 10)), encoded(0, write("b", "2", 20)))
	p := prepare(t, dir)
	held := p.have()
	p.fsm.before = func(index uint64, _ []byte) {
		if index <= held {
			t.Errorf("NoReplay: entry %d is applied to a store that holds entry %d", index, held)
		}
	}
	highest := held
	p.fsm.after = func(uint64, []byte) {
		if p.have() < highest {
			t.Errorf("AppliedMonotone: metaAppliedIndex goes back from %d to %d", highest, p.have())
		}
		highest = max(highest, p.have())
	}
	require.NoError(t, p.start())
	p.settle(last)
	t.Logf("%v", p.fsm.events)
}

func TestHistoryNoDivergence(t *testing.T) {
	dir, last := crashed(t,
		encoded(0, phase(pb.Phase_PREPARE, 100, 0, "x")),
		encoded(0, write("x", "rejected", 150)), // as x is locked
		encoded(0, phase(pb.Phase_ABORT, 100, 200, "x")))
	p := prepare(t, dir)
	require.Empty(t, p.get("x"))
	require.NoError(t, p.start())
	p.settle(last)
	t.Logf("%v, x=%q", p.fsm.events, p.get("x"))
	if p.get("x") != "" {
		t.Errorf("NoDivergence: a write that was rejected is accepted when it is replayed")
	}
}

func TestHistorySkipUseful(t *testing.T) {
	outcome := func(dir string) string {
		p := prepare(t, dir)
		require.NoError(t, p.start())
		require.Len(t, p.fsm.events, 1)
		return p.fsm.events[0]
	}
	requireSkipped := func(name, got string) {
		t.Logf("%s: %s", name, got)
		if !bytes.HasPrefix([]byte(got), []byte("skipped")) {
			t.Errorf("SkipUseful: %s: the store holds all of the snapshot, and it is restored", name)
		}
	}
	// The last entry is in the WAL, and not known to be committed: its commit has not been written.
	suffix, p := "", prepare(t, t.TempDir())
	p.fsm.before = func(index uint64, _ []byte) {
		if index == 4 {
			suffix = copied(t, p.dir)
		}
	}
	require.NoError(t, p.start())
	p.propose(encoded(0, write("a", "1", 10)))
	p.propose(encoded(0, write("b", "2", 20)))
	p.end()
	requireSkipped("an uncommitted suffix", outcome(suffix))
	// What is known to be committed goes beyond what the store says it has: here, as leases leave no trace in it.
	lag, _ := crashed(t, encoded(0, write("a", "1", 10)), ceiling(1_000), ceiling(2_000))
	requireSkipped("committed beyond the store", outcome(lag))
}

func TestHistoryClock(t *testing.T) {
	const physical = int64(1) << 42 // milliseconds, far ahead of the wall clock
	newest := uint64(physical)<<16 | 7
	dir, last := crashed(t, encoded(0, write("a", "1", 10)), ceiling(physical), encoded(0, write("b", "2", newest)))
	p := prepare(t, dir)
	require.NoError(t, p.start())
	p.settle(last)
	t.Logf("%v, ceiling %d", p.fsm.events, p.clock.PhysicalCeiling())
	if p.clock.PhysicalCeiling() < physical {
		t.Errorf("CeilingComplete: the lease of entry 4 is lost")
	}
	issued, err := p.clock.NextFenced()
	require.NoError(t, err)
	if issued <= newest {
		t.Errorf("HLC4: the leader issues %d.%d, and %d.%d was committed", issued>>16, issued&0xffff, newest>>16, newest&0xffff)
	}
}

// The node issues timestamps of group b under a lease of group a. It starts again, and a is slower.
func TestHistoryClockOfAnotherGroup(t *testing.T) {
	const physical = int64(1) << 42
	newest := uint64(physical)<<16 | 7
	leased, _ := crashed(t, ceiling(physical))
	written, last := crashed(t, encoded(0, write("b", "1", newest)))

	clock := kv.NewHLC()
	a, b := prepareGroup(t, leased, clock), prepareGroup(t, written, clock)
	release := make(chan struct{})
	once := sync.OnceFunc(func() { close(release) })
	a.fsm.before = func(uint64, []byte) { <-release }
	require.NoError(t, a.start())
	t.Cleanup(once)
	require.NoError(t, b.start())
	b.settle(last)
	issued, err := clock.NextFenced()
	require.NoError(t, err)
	t.Logf("a: %v, b: %v, ceiling %d", a.fsm.events, b.fsm.events, clock.PhysicalCeiling())
	once()
	if issued <= newest {
		t.Errorf("HLC4: the leader of b issues %d.%d, and %d.%d was committed there",
			issued>>16, issued&0xffff, newest>>16, newest&0xffff)
	}
}

func TestHistoryClockFromASnapshot(t *testing.T) {
	const physical = int64(1) << 42
	newest := uint64(physical)<<16 | 7
	t.Setenv(snapshotEveryEnvVar, "2")
	before := prepare(t, t.TempDir())
	require.NoError(t, before.start())
	before.propose(ceiling(physical))
	before.propose(ceiling(physical))
	last := before.propose(encoded(0, write("a", "1", newest))) // entry 5: a snapshot is due at 3 and at 5
	saved := filepath.Join(before.dir, "raft", snapDirName, fmt.Sprintf("*-%016x%s", last, snapFileExt))
	require.Eventually(t, func() bool {
		files, err := filepath.Glob(saved)
		return err == nil && len(files) == 1
	}, 20*time.Second, 5*time.Millisecond)
	before.end()
	p := prepare(t, before.dir)
	require.NoError(t, p.start())
	p.settle(last)
	issued, err := p.clock.NextFenced()
	require.NoError(t, err)
	t.Logf("%v", p.fsm.events)
	if issued <= newest {
		t.Errorf("HLC4: the leader issues %d.%d, and the snapshot holds %d.%d", issued>>16, issued&0xffff, newest>>16, newest&0xffff)
	}
}

func TestHistoryApplyIndex(t *testing.T) {
	dir, last := crashed(t, encoded(0, write("a", "1", 10)), ceiling(1_000), encoded(0, write("b", "2", 20)))
	p := prepare(t, dir)
	announced := []uint64{}
	p.fsm.before = func(uint64, []byte) { announced = append(announced, p.fsm.index) }
	require.NoError(t, p.start())
	p.settle(last)
	t.Logf("%v, announced %v", p.fsm.events, announced)
	for _, index := range announced {
		if index != 0 && index <= last {
			t.Errorf("ApplyIndexCurrent: index %d is announced, which was applied before", index)
		}
	}
}

func TestHistoryNoLoss(t *testing.T) {
	half, p := "", prepare(t, t.TempDir())
	p.store.written = func(key string) {
		if key == "a" {
			half = copied(t, p.dir)
		}
	}
	require.NoError(t, p.start())
	last := p.propose(encoded(1, &pb.RaftCommand{Requests: []*pb.Request{write("a", "1", 10), write("b", "2", 11)}}))
	p.end()
	p = prepare(t, half)
	require.NoError(t, p.start())
	p.settle(last)
	t.Logf("%v, a=%q, b=%q", p.fsm.events, p.get("a"), p.get("b"))
	if p.get("b") == "" {
		t.Errorf("NoLoss: half of entry %d is missing", last)
	}
}

func TestHistoryIsReported(t *testing.T) {
	dir, p := t.TempDir(), (*process)(nil)
	for range 2 { // the first start bootstraps, and has nothing to report
		p = prepare(t, dir)
		config := FactoryConfig{}
		if observer := reflect.ValueOf(&config).Elem().FieldByName("ColdStartObserver"); observer.IsValid() {
			observer.Set(reflect.ValueOf(p.fsm))
		}
		result, err := NewFactory(config).Create(raftengine.FactoryConfig{
			LocalID: "n1", LocalAddress: "127.0.0.1:7001", Bootstrap: true, DataDir: filepath.Join(dir, "raft"),
			StateMachine: p.fsm,
		})
		require.NoError(t, err)
		require.NoError(t, result.Engine.Close())
		p.end()
	}
	t.Logf("%v", p.fsm.events)
	if len(p.fsm.events) == 0 {
		t.Errorf("NeverSilent: a node that the factory makes has not reported its start")
	}
}

func TestHistoryReport(t *testing.T) {
	dir, _ := crashed(t, encoded(0, write("a", "1", 10)), encoded(0, write("b", "2", 20)))
	good := prepare(t, copied(t, dir))
	require.NoError(t, good.start())
	t.Logf("%v", good.fsm.events)
	if got := good.fsm.events[0]; !bytes.Contains([]byte(got), []byte("S=1,")) {
		t.Errorf("TrueGap: the start is from snapshot 1, and reports %s", got)
	}

	path := fsmSnapPath(filepath.Join(dir, "raft", fsmSnapDirName), 1)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	data[0] ^= 0xff
	require.NoError(t, os.WriteFile(path, data, 0o644))
	bad := prepare(t, dir)
	require.Error(t, bad.start())
	t.Logf("a start that fails: %v", bad.fsm.events)
	if len(bad.fsm.events) > 0 {
		t.Errorf("OnlySuccess: a start that fails has reported %v", bad.fsm.events)
	}
}

// It comes last: from v2 on, raft may panic here, as the log is compacted beyond what it has delivered.
func TestHistorySnapshotAligned(t *testing.T) {
	dir, last := crashed(t, encoded(0, write("a", "1", 10)), encoded(0, write("b", "2", 20)),
		encoded(0, write("c", "3", 30)), encoded(0, write("d", "4", 40)))
	t.Setenv(snapshotEveryEnvVar, "2")
	p := prepare(t, dir)
	require.NoError(t, p.start())
	p.settle(last)
	files, err := filepath.Glob(filepath.Join(dir, "raft", snapDirName, "*"+snapFileExt))
	require.NoError(t, err)
	t.Logf("%v", p.fsm.events)
	for _, file := range files {
		index := parseSnapFileIndex(filepath.Base(file))
		path := fsmSnapPath(filepath.Join(dir, "raft", fsmSnapDirName), index)
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		require.NoError(t, err)
		body := prepare(t, t.TempDir())
		require.NoError(t, openAndRestoreFSMSnapshot(body.fsm, path, binary.BigEndian.Uint32(data[len(data)-4:])))
		t.Logf("snapshot %d: metaAppliedIndex %d, d=%q", index, body.have(), body.get("d"))
		if body.get("d") != "" && index < last {
			t.Errorf("SnapshotAligned: snapshot %d holds the write of entry %d", index, last)
		}
	}
}
