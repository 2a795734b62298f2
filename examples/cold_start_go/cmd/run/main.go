// The command run lets a node live by chance, crashes included, and writes what it logs:
//
//	go run ./cmd/run -revision v9 -seed 7 > node.ndjson
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"

	coldstart "skipgate.example/cold_start"
)

func main() {
	revision := flag.String("revision", "v9", "v0 to v5, which have a fault, or v9")
	repaired := flag.Bool("repaired", false, "with what none of the revisions has")
	seed := flag.Uint64("seed", 1, "the same seed makes the same run")
	steps := flag.Int("steps", 100, "actions to try")
	last := flag.Uint64("entries", 3, "entries that the log can hold")
	crashes := flag.Uint64("crashes", 2, "crashes at most")
	every := flag.Uint64("snapshot-every", 2, "applied entries between two local snapshots")
	flag.Parse()
	bounds := coldstart.Bounds{Last: *last, Crashes: *crashes, SnapshotEvery: *every, Window: 2}
	if err := run(*revision, *repaired, *seed, *steps, bounds); err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
}

func run(revision string, repaired bool, seed uint64, steps int, bounds coldstart.Bounds) (err error) {
	design, known := coldstart.Revisions[revision]
	if !known {
		return fmt.Errorf("there is no revision %q", revision)
	}
	if repaired {
		design = design.Repaired()
	}
	dir, err := os.MkdirTemp("", "coldstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	world, err := coldstart.NewWorld(dir, design, bounds, true, coldstart.NewLog(os.Stdout))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	chance := rand.New(rand.NewPCG(seed, 0))
	for range steps {
		if err := oneOf(chance, world); err != nil && !errors.Is(err, coldstart.ErrRefused) {
			return err
		}
	}
	return nil
}

// oneOf tries an action. Those of the node itself come more often than those of the world around it.
func oneOf(chance *rand.Rand, world *coldstart.World) error {
	if world.Node == nil {
		return world.StartAsDecided()
	}
	switch chance.IntN(20) {
	case 0, 1:
		return world.AppendData()
	case 2, 3:
		return world.AppendLease()
	case 4, 5, 6:
		return world.LearnCommit()
	case 7:
		return world.SaveHardState()
	case 8:
		return world.Crash(chance.IntN(8) == 0)
	case 9, 10:
		return world.On((*coldstart.Node).Capture)
	case 11, 12:
		return world.On((*coldstart.Node).RaiseAppliedIndex)
	case 13, 14:
		return world.On((*coldstart.Node).SaveSnapshot)
	case 15:
		return world.On((*coldstart.Node).IssueTimestamp)
	default:
		return world.On((*coldstart.Node).Apply)
	}
}
