package coldstart

import (
	"errors"

	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
)

// Outcome is what the gate decides at a start.
type Outcome string

// The outcomes, by the names that the model has for them.
const (
	Skipped  Outcome = "skipped"
	Executed Outcome = "executed"
	FellBack Outcome = "fell_back"
)

// Bootstrap makes the first node on an empty disk. There is no WAL, so nothing is decided.
func Bootstrap(disk *Disk, c Config) (*Node, error) {
	w, err := wal.Create(zap.NewNop(), disk.walDir(), nil)
	if err != nil {
		return nil, err
	}
	hardState := hardStateWith(entryTerm, 0)
	if err := w.Save(hardState, nil); err != nil {
		return nil, err
	}
	store, err := disk.openStore()
	if err != nil {
		return nil, err
	}
	pairs, err := dump(store.db)
	if err != nil {
		return nil, err
	}
	if _, err := (image{pairs: pairs}).write(disk.fsmFile(0)); err != nil {
		return nil, err
	}
	return &Node{
		Config: c, disk: disk, wal: w, hardState: hardState, entries: raft.NewMemoryStorage(), store: store,
		clock: Clock{wall: c.Wall},
	}, nil
}

// start is what is known before anything is changed.
type start struct {
	disk      *Disk
	design    Design
	snapshot  *raftpb.Snapshot
	index     uint64 // of the snapshot
	hardState *raftpb.HardState
	last      uint64  // index of the last entry of the WAL
	have      *uint64 // what the store says; nil if it says nothing, or cannot be read
	readable  bool
}

// Decide says what Start would do, and touches nothing.
func Decide(disk *Disk, design Design) (Outcome, error) {
	store, err := disk.openStore()
	if err != nil {
		return "", err
	}
	defer store.db.Close()
	s, err := read(disk, store, design)
	if err != nil {
		return "", err
	}
	return s.decide(), nil
}

func read(disk *Disk, store *Store, design Design) (start, error) {
	snapshot, err := disk.newestSnapshot()
	if err != nil {
		return start{}, err
	}
	hardState, entries, err := disk.walContent()
	if err != nil {
		return start{}, err
	}
	s := start{disk: disk, design: design, snapshot: snapshot, index: snapshot.GetMetadata().GetIndex(), hardState: hardState}
	if len(entries) > 0 {
		s.last = entries[len(entries)-1].GetIndex()
	}
	s.have, err = store.AppliedIndex()
	s.readable = err == nil
	return s, nil
}

func (s start) committed() uint64 { return max(s.index, s.hardState.GetCommit()) }

// threshold is what the store's index must reach before the restore is skipped.
func (s start) threshold() uint64 {
	switch s.design.SkipWhen {
	case HaveReachesWALTail:
		return max(s.index, s.last)
	case HaveReachesCommit:
		return s.committed()
	default:
		return s.index
	}
}

func (s start) decide() Outcome {
	switch {
	case s.have == nil:
		return FellBack
	case *s.have >= s.threshold():
		return Skipped
	default:
		return Executed
	}
}

// Start opens what a crash left.
func Start(disk *Disk, c Config) (*Node, error) {
	c.Log.Info("starting")
	store, err := disk.openStore()
	if err != nil {
		return nil, err
	}
	s, err := read(disk, store, c.Design)
	if err != nil {
		return nil, errors.Join(err, store.db.Close())
	}
	outcome := s.decide()
	n := &Node{Config: c, disk: disk, store: store, clock: Clock{wall: c.Wall}, outcome: &outcome}
	if err := n.load(s, outcome); err != nil {
		return nil, errors.Join(err, store.db.Close())
	}
	if err := n.openWAL(s); err != nil {
		return nil, errors.Join(err, store.db.Close())
	}
	if err := n.replay(s); err != nil {
		return nil, errors.Join(err, n.close())
	}
	c.Log.Info("opened", zap.Uint64("e_applied", n.applied), zap.Uint64("raft_applied", n.delivered),
		zap.Uint64("ceiling", n.clock.ceiling))
	return n, nil
}

// load gives store and clock their first values. The image's checksum is known to be right before either is touched.
func (n *Node) load(s start, outcome Outcome) error {
	saved, err := n.disk.image(s.snapshot)
	if err != nil {
		return err
	}
	n.applied = s.index
	if outcome == Skipped {
		if n.Design.FloorIsHave {
			n.applied = max(s.index, *s.have)
		}
	} else if err := n.restore(s, saved); err != nil {
		return err
	}
	n.clock.RaiseCeiling(saved.ceiling)
	if n.Design.ObserveLastCommitTS {
		last, err := n.store.lastCommitTS()
		if err != nil {
			return err
		}
		n.clock.Observe(last)
	}
	s.report(n.Log, outcome)
	return nil
}

func (n *Node) restore(s start, saved image) error {
	if err := n.store.restore(saved.pairs); err != nil {
		return err
	}
	n.disk.unreadable = false
	if n.Design.BumpAfterRestore {
		return n.store.RaiseAppliedIndex(s.index)
	}
	return nil
}

// openWAL opens the WAL for writing, and puts its entries above the snapshot where raft reads them.
func (n *Node) openWAL(s start) error {
	w, err := wal.Open(zap.NewNop(), n.disk.walDir(), walRecordOrEmpty(s))
	if err != nil {
		return err
	}
	_, _, entries, err := w.ReadAll()
	if err != nil {
		return errors.Join(err, w.Close())
	}
	// A WAL that was opened a moment ago does not know the term yet, so that its first Save syncs. Let it be this one,
	// which says nothing new.
	if err := w.Save(s.hardState, nil); err != nil {
		return errors.Join(err, w.Close())
	}
	n.wal = w
	n.hardState = hardStateWith(s.hardState.GetTerm(), s.committed())
	n.delivered = s.index
	n.entries = raft.NewMemoryStorage()
	if s.index > 0 {
		err = n.entries.ApplySnapshot(s.snapshot)
	}
	return errors.Join(err, n.entries.Append(entries))
}

func walRecordOrEmpty(s start) *walpb.Snapshot {
	if s.index == 0 {
		return &walpb.Snapshot{}
	}
	return walRecord(s.snapshot)
}

// replay takes the leases back that a skipped restore leaves out, and lets raft begin above them.
func (n *Node) replay(s start) error {
	if *n.outcome != Skipped || !n.Design.ReplayInOpen {
		return nil
	}
	for n.delivered < min(n.applied, s.committed()) {
		step, err := n.Next()
		if err != nil {
			return err
		}
		if step.Kind == Lease {
			n.clock.RaiseCeiling(step.At.Physical)
		}
		n.delivered = step.index
	}
	return nil
}

// report writes the line that says what was decided.
func (s start) report(log *zap.Logger, outcome Outcome) {
	at := []zap.Field{zap.Uint64("snapshot_index", s.index), zap.Uint64("last_committed_index", s.committed())}
	switch outcome {
	case Skipped:
		log.Info("restoreSnapshotState skipped", append(at, zap.Uint64("fsm_applied", *s.have),
			zap.Uint64("gap_ahead_snapshot", *s.have-s.index))...)
	case Executed:
		log.Info("restoreSnapshotState executed (FSM behind WAL committed tail)",
			append(at, zap.Uint64("fsm_applied", *s.have))...)
	case FellBack:
		reason := "missing_meta"
		if !s.readable {
			reason = "read_err"
		}
		log.Info("restoreSnapshotState fallback to full restore", append(at, zap.String("reason", reason))...)
	}
}
