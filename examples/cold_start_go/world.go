package coldstart

import (
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// World is all around a node: a leader that writes the log, a wall clock that moves on one tick with each crash, and a
// disk. Each method is one action of the model, and is refused where the model's guard is false.
type World struct {
	Config  Config
	Disk    *Disk
	Node    *Node // nil while the process is dead
	Crashes uint64
	leader  Clock
	bounds  Bounds
}

// Bounds are the model's.
type Bounds struct {
	Last          uint64 // entries that the log can hold
	Crashes       uint64
	SnapshotEvery uint64
	Window        uint64 // how far ahead of the wall clock a lease reaches, in ticks
}

// NewWorld makes a world with a new node in it, whose files are in a directory. If the store is to know of its own
// beginning, its applied index is 0 and not absent.
func NewWorld(dir string, design Design, bounds Bounds, storeKnows bool, log *zap.Logger) (*World, error) {
	disk, err := NewDisk(dir)
	if err != nil {
		return nil, err
	}
	if storeKnows {
		if err := raiseToZero(disk); err != nil {
			return nil, err
		}
	}
	w := &World{Disk: disk, bounds: bounds}
	wall := func() uint64 { return w.Crashes }
	w.leader = Clock{wall: wall}
	w.Config = Config{Design: design, SnapshotEvery: bounds.SnapshotEvery, Wall: wall, Log: log}
	w.Node, err = Bootstrap(disk, w.Config)
	return w, err
}

func raiseToZero(disk *Disk) error {
	store, err := disk.openStore()
	if err != nil {
		return err
	}
	defer store.db.Close()
	return store.RaiseAppliedIndex(0)
}

// Close ends everything.
func (w *World) Close() error {
	if w.Node == nil {
		return nil
	}
	return w.Node.close()
}

func (w *World) up() error {
	if w.Node == nil {
		return refused("the process is dead")
	}
	return nil
}

// AppendData has the leader write data.
func (w *World) AppendData() error {
	if err := w.mayAppend(); err != nil {
		return err
	}
	at, err := w.leader.Next()
	if err != nil {
		return refused("the leader: %v", err)
	}
	return w.Node.Append(Entry{Data, at})
}

// AppendLease has the leader renew its lease.
func (w *World) AppendLease() error {
	if err := w.mayAppend(); err != nil {
		return err
	}
	ceiling := w.Crashes + w.bounds.Window
	w.leader.RaiseCeiling(ceiling)
	return w.Node.Append(Entry{Lease, Timestamp{Physical: ceiling}})
}

func (w *World) mayAppend() error {
	if err := w.up(); err != nil {
		return err
	}
	last, err := w.Node.entries.LastIndex()
	if err == nil && last == w.bounds.Last {
		return refused("the log is full")
	}
	return err
}

// LearnCommit has the leader say that one more entry is committed.
func (w *World) LearnCommit() error {
	if err := w.up(); err != nil {
		return err
	}
	return w.Node.LearnCommit()
}

// SaveHardState has an election come and go, if that changes what a crash would leave.
func (w *World) SaveHardState() error {
	if err := w.up(); err != nil {
		return err
	}
	synced, _, err := w.Disk.walContent()
	if err != nil {
		return err
	}
	if synced.GetCommit() == w.Node.committed() {
		return refused("Commit is synced")
	}
	return w.Node.NewTerm()
}

// Apply has the next entry applied, if that is what applying it comes to.
func (w *World) Apply(kind Kind, duplicate, executed bool) error {
	if err := w.up(); err != nil {
		return err
	}
	step, err := w.Node.Next()
	if err != nil {
		return err
	}
	if duplicate != step.Duplicate || executed != step.Executed || executed && kind != step.Kind {
		return refused("%s %d is a duplicate: %t, executed: %t", step.Kind, step.index, step.Duplicate, step.Executed)
	}
	return w.Node.Apply()
}

// On has the node do what it can do by itself.
func (w *World) On(do func(*Node) error) error {
	if err := w.up(); err != nil {
		return err
	}
	return do(w.Node)
}

// Crash ends the process without a goodbye.
func (w *World) Crash(spoilsIndex bool) error {
	if err := w.up(); err != nil {
		return err
	}
	if w.Crashes == w.bounds.Crashes {
		return refused("enough crashes")
	}
	w.Crashes++
	n := w.Node
	w.Node = nil
	w.Disk.unreadable = spoilsIndex
	return w.Disk.crash(n)
}

// Start starts the process again, if the gate decides so.
func (w *World) Start(expected Outcome) error {
	if w.Node != nil {
		return refused("the process runs")
	}
	decided, err := Decide(w.Disk, w.Config.Design)
	if err != nil {
		return err
	}
	if decided != expected {
		return refused("the gate decides: %s", decided)
	}
	return w.StartAsDecided()
}

// StartAsDecided starts the process again, whatever the gate decides.
func (w *World) StartAsDecided() error {
	var err error
	w.Node, err = Start(w.Disk, w.Config)
	return err
}

// NewLog makes a log of JSON lines, as elastickv's. Its clock moves on a millisecond with each line, so that the same
// run writes the same log.
func NewLog(to io.Writer) *zap.Logger {
	lines := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	core := zapcore.NewCore(lines, zapcore.AddSync(to), zap.InfoLevel)
	return zap.New(core, zap.WithClock(&lineClock{time.Unix(1_764_500_000, 0)}))
}

type lineClock struct{ now time.Time }

func (c *lineClock) Now() time.Time {
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (c *lineClock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
