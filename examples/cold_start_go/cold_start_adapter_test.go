// The adapter between the behaviours of cold_start and the code under test. It was written once, to be filled in, and
// `skipgate tests` never writes it again.

package coldstart_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"testing"

	coldstart "skipgate.example/cold_start"

	"go.uber.org/zap"
)

// revisionVariable names the revision that is tried, if it is not the last one. The behaviours are those of `repaired`,
// so each has the repairs: what it does differently is its own fault.
const revisionVariable = "COLD_START_REVISION"

var bounds = coldstart.Bounds{
	Last: uint64(Constants.Last), Crashes: uint64(Constants.Crashes),
	SnapshotEvery: uint64(Constants.SnapshotEvery), Window: uint64(Constants.Window),
}

// adapter drives the code under test.
type adapter struct{ world *coldstart.World }

// newSystem makes a new system under test, in the state that a behaviour begins in.
func newSystem(t *testing.T, initial Initial) System {
	t.Helper()
	name := cmp.Or(os.Getenv(revisionVariable), "v9")
	design, known := coldstart.Revisions[name]
	if !known {
		t.Fatalf("%s=%s is no revision", revisionVariable, name)
	}
	world, err := coldstart.NewWorld(t.TempDir(), design.Repaired(), bounds, initial.MetaAppliedIndex != nil, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := world.Close(); err != nil {
			t.Error(err)
		}
	})
	return &adapter{world}
}

// told says a refusal in the words of the generated tests.
func told(err error) error {
	if errors.Is(err, coldstart.ErrRefused) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

func (a *adapter) AppendData() error    { return told(a.world.AppendData()) }
func (a *adapter) AppendLease() error   { return told(a.world.AppendLease()) }
func (a *adapter) LearnCommit() error   { return told(a.world.LearnCommit()) }
func (a *adapter) SaveHardState() error { return told(a.world.SaveHardState()) }

func (a *adapter) ApplyNormalCommittedData() error {
	return told(a.world.Apply(coldstart.Data, false, true))
}

func (a *adapter) ApplyNormalCommittedLease() error {
	return told(a.world.Apply(coldstart.Lease, false, true))
}

func (a *adapter) ReplayVolatileDuplicate() error {
	return told(a.world.Apply(coldstart.Lease, true, true))
}

func (a *adapter) DropDuplicate() error {
	return told(a.world.Apply(coldstart.Data, true, false))
}

func (a *adapter) MaybePersistLocalSnapshot() error {
	return told(a.world.On((*coldstart.Node).Capture))
}

func (a *adapter) SetDurableAppliedIndex() error {
	return told(a.world.On((*coldstart.Node).RaiseAppliedIndex))
}

func (a *adapter) SaveSnap() error { return told(a.world.On((*coldstart.Node).SaveSnapshot)) }

func (a *adapter) IssueTimestamp() error { return told(a.world.On((*coldstart.Node).IssueTimestamp)) }

func (a *adapter) Crash(spoilsMeta bool) error { return told(a.world.Crash(spoilsMeta)) }

func (a *adapter) RestartSkip() error     { return told(a.world.Start(coldstart.Skipped)) }
func (a *adapter) RestartExecute() error  { return told(a.world.Start(coldstart.Executed)) }
func (a *adapter) RestartFallBack() error { return told(a.world.Start(coldstart.FellBack)) }

// Observe reads the state.
func (a *adapter) Observe() (State, error) {
	v, err := a.world.View()
	if err != nil {
		return State{}, err
	}
	s := State{
		Up: v.Up, Crashes: int(v.Crashes), HardStateCommit: int(v.Commit), Content: indices(v.Store.Data),
		MetaAppliedIndex: index(v.Store.AppliedIndex), MetaReadable: v.Readable, Snapshots: map[int]*Snapshot{},
		RaftCommitted: int(v.Committed), RaftApplied: int(v.Delivered), EApplied: int(v.Applied),
		CompactedTo: int(v.CompactedTo), PendingApplyIdx: int(v.ToldIndex), PhysicalCeiling: int(v.Ceiling),
		HLast: timestamp(v.LastIssued),
	}
	for _, e := range v.Log {
		kind := map[coldstart.Kind]Kind{coldstart.Data: KindData, coldstart.Lease: KindLease}[e.Kind]
		s.Log = append(s.Log, Entry{Kind: kind, At: timestamp(e.At)})
	}
	for i := range int(bounds.Last) + 1 {
		s.Snapshots[i] = nil
		if saved, there := v.Snapshots[uint64(i)]; there {
			s.Snapshots[i] = some(snapshot(saved))
		}
	}
	if v.Captured != nil {
		s.SnapshotInFlight = &SnapshotRequest{Index: int(v.Captured.Index), Snapshot: snapshot(*v.Captured)}
	}
	if v.Issued != nil {
		s.Issued = some(timestamp(*v.Issued))
	}
	if v.Outcome != nil {
		s.Outcome = some(map[coldstart.Outcome]Outcome{
			coldstart.Skipped: OutcomeSkipped, coldstart.Executed: OutcomeExecuted, coldstart.FellBack: OutcomeFellBack,
		}[*v.Outcome])
	}
	return s, nil
}

func timestamp(ts coldstart.Timestamp) Timestamp {
	return Timestamp{Physical: int(ts.Physical), Logical: int(ts.Logical)}
}

func snapshot(v coldstart.SnapshotView) Snapshot {
	return Snapshot{
		Content: indices(v.Store.Data), MetaAppliedIndex: index(v.Store.AppliedIndex), Ceiling: int(v.Ceiling),
	}
}

func indices(all []uint64) Set[int] {
	var set Set[int]
	for _, i := range all {
		set = append(set, int(i))
	}
	return set
}

func index(of *uint64) *int {
	if of == nil {
		return nil
	}
	return some(int(*of))
}
