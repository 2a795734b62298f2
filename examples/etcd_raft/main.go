// Runs three nodes of etcd's raft library, with crashes, restarts, snapshots, partitions and lost messages, and writes
// what the library's own trace hooks tell of it: one JSON object a line. The same options give the same lines.
//
//	go run -tags with_tla . -seed 1 -events 300 >log.ndjson
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"go.etcd.io/raft/v3"
)

const (
	mostSteps = 1_000_000
	afterward = 20 // events after the planted fault struck
)

func main() {
	seed := flag.Int64("seed", 1, "what happens")
	events := flag.Int("events", 300, "how many events are written, or a few more")
	planted := flag.String("fault", "", "what is wrong: forgotten-vote, unsynced-commit or early-ack")
	flag.Parse()
	if err := run(*seed, *events, fault(*planted)); err != nil {
		fmt.Fprintln(os.Stderr, "etcd_raft:", err)
		os.Exit(1)
	}
}

func run(seed int64, events int, planted fault) error {
	if !raft.StateTraceDeployed {
		return fmt.Errorf("the library traces nothing: build with -tags with_tla")
	}
	switch planted {
	case none, forgottenVote, unsyncedCommit, earlyAck:
	default:
		return fmt.Errorf("there is no fault %q", planted)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	c := newCluster(seed, planted, out)
	for steps := 0; c.events < events && steps < mostSteps; steps++ {
		if !c.lives() {
			return nil
		}
		if c.struck && events > c.events+afterward {
			events = c.events + afterward
		}
	}
	return nil
}

// lives lets something happen. The library ends itself by a panic when it notices that its log was lost: that is the
// last thing that happens then. Without a planted fault it must not.
func (c *cluster) lives() (alive bool) {
	defer func() {
		if c.struck && !alive {
			_ = recover()
		}
	}()
	c.step()
	return true
}
