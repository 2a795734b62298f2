package main

import (
	"encoding/json"
	"io"
	"log"
	"math/rand"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// Bounds of what happens, so that the model can have them too (models/etcd_raft.gate).
const (
	window     = 10 // a message arrives before its sender has sent so many others, or never
	lastTerm   = 12
	lastEntry  = 28
	batchBytes = 18 // at most three entries a message
)

// A fault is what is wrong with the service around the library.
type fault string

const (
	none           fault = ""
	forgottenVote  fault = "forgotten-vote"  // a node that starts again does not know for whom it voted
	unsyncedCommit fault = "unsynced-commit" // a leader counts entries of its own log that are not synced
	earlyAck       fault = "early-ack"       // a follower acknowledges entries before they are synced
)

// A cluster is three nodes, and a network that loses, repeats and reorders messages. What happens depends on the seed
// alone: no node has a clock of its own.
type cluster struct {
	random *rand.Rand
	fault  fault
	struck bool // did the fault change anything?
	nodes  []*node
	net    []envelope
	apart  *node // it is cut off from the others
	log    *json.Encoder
	events int
}

type node struct {
	id      uint64
	disk    *disk
	raft    *raft.RawNode // nil while the node is down
	applied uint64
	sent    int  // messages so far
	lazy    bool // it does not sync any more; only nodes with a fault do this
	lost    bool // and has lost what others believe it has
}

type envelope struct {
	pb.Message
	number int // of those of its sender
}

// newCluster starts three nodes, whose events go to out.
func newCluster(seed int64, planted fault, out io.Writer) *cluster {
	c := &cluster{random: rand.New(rand.NewSource(seed)), fault: planted, log: json.NewEncoder(out)}
	voters := []uint64{1, 2, 3}
	for _, id := range voters {
		c.nodes = append(c.nodes, &node{id: id, disk: newDisk(voters)})
	}
	for _, n := range c.nodes {
		c.start(n)
	}
	return c
}

// TraceEvent writes an event of the library, in the form that its own documentation has.
func (c *cluster) TraceEvent(event *raft.TracingEvent) {
	c.events++
	must(c.log.Encode(map[string]any{"tag": "trace", "event": event}))
}

// step lets something happen.
func (c *cluster) step() {
	n := c.nodes[c.random.Intn(len(c.nodes))]
	switch dice := c.random.Intn(100); {
	case dice < 55:
		c.deliver()
	case dice < 60:
		c.heartbeat()
	case dice < 70:
		c.propose()
	case dice < 74:
		c.campaign(n)
	case dice < 76:
		c.crash(n)
	case dice < 88:
		c.start(n)
	case dice < 90:
		c.cutOff(n)
	case dice < 92:
		c.compact(n)
	}
	for _, n := range c.nodes {
		if c.chance(80) {
			c.handleReady(n)
		}
	}
}

// ------------------------------------------------------------------------------------------------------------ a node

// start starts a node from its disk.
func (c *cluster) start(n *node) {
	if n.raft != nil {
		return
	}
	if c.fault == forgottenVote {
		hard, _, err := n.disk.InitialState()
		must(err)
		c.struck = c.struck || hard.Vote != raft.None
		hard.Vote = raft.None
		must(n.disk.SetHardState(hard))
	}
	c.struck = c.struck || n.lost
	n.applied = n.disk.first() - 1
	started, err := raft.NewRawNode(&raft.Config{
		ID:                        n.id,
		ElectionTick:              1_000_000, // never: elections are begun by the seed
		HeartbeatTick:             1,
		Storage:                   n.disk,
		Applied:                   n.applied,
		MaxSizePerMsg:             batchBytes,
		MaxInflightMsgs:           3,
		DisableProposalForwarding: true,
		Logger:                    &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
		TraceLogger:               c,
	})
	must(err)
	n.raft = started
}

// crash ends a node, with all that is not synced.
func (c *cluster) crash(n *node) {
	n.raft, n.lazy = nil, false
	n.disk.crash()
}

// handleReady does what the library asks for: write, sync, send, apply, and tell it so.
func (c *cluster) handleReady(n *node) {
	for n.raft != nil && n.raft.HasReady() {
		ready := n.raft.Ready()
		if c.chance(1) {
			c.crash(n)
			return
		}
		n.disk.write(ready)
		if n.lazy = n.lazy || c.becomesLazy(n, ready); !n.lazy {
			n.disk.sync()
		}
		if c.chance(1) {
			n.sent += len(ready.Messages) // they are all lost
			c.crash(n)
			return
		}
		c.send(n, ready.Messages)
		if entries := ready.CommittedEntries; len(entries) > 0 {
			n.applied = entries[len(entries)-1].Index
		}
		n.applied = max(n.applied, ready.Snapshot.Metadata.Index)
		n.raft.Advance(ready)
		if c.fault == unsyncedCommit {
			c.strike(n, n.raft.BasicStatus().Commit)
		}
	}
}

// becomesLazy says whether the planted fault begins now: the node goes on as if what it has written were synced.
func (c *cluster) becomesLazy(n *node, ready raft.Ready) bool {
	leads := n.raft.BasicStatus().RaftState == raft.StateLeader
	wrong := c.fault == earlyAck && !leads || c.fault == unsyncedCommit && leads
	return wrong && !c.struck && len(ready.Entries) > 0 && c.chance(40)
}

// strike crashes a node that others believe to have more than it has.
func (c *cluster) strike(n *node, believed uint64) {
	if n.lazy && believed > n.disk.syncedLast() {
		n.lost = true
		c.crash(n)
	}
}

// compact takes a snapshot of a node.
func (c *cluster) compact(n *node) {
	if n.raft != nil && !n.lazy && n.applied >= n.disk.first() {
		n.disk.compact(n.applied)
	}
}

// ----------------------------------------------------------------------------------------------- what nodes are told

func (c *cluster) campaign(n *node) {
	if n.raft == nil {
		return
	}
	status := n.raft.BasicStatus()
	if status.Term < lastTerm && n.disk.last() < lastEntry && (c.leader() == nil || c.chance(30)) {
		must(n.raft.Campaign())
	}
}

func (c *cluster) propose() {
	if n := c.leader(); n != nil && n.disk.last()+8 < lastEntry {
		_ = n.raft.Propose([]byte{1}) // it may refuse
	}
}

// heartbeat lets time pass for a leader. It hears now and then that a snapshot did not arrive.
func (c *cluster) heartbeat() {
	n := c.leader()
	if n == nil {
		return
	}
	var waiting []uint64
	n.raft.WithProgress(func(id uint64, _ raft.ProgressType, progress tracker.Progress) {
		if progress.State == tracker.StateSnapshot {
			waiting = append(waiting, id)
		}
	})
	for _, id := range waiting {
		if c.chance(50) {
			n.raft.ReportSnapshot(id, raft.SnapshotFailure)
		}
	}
	n.raft.Tick()
}

// leader is some node that leads, as far as it knows.
func (c *cluster) leader() *node {
	for _, i := range c.random.Perm(len(c.nodes)) {
		if n := c.nodes[i]; n.raft != nil && n.raft.BasicStatus().RaftState == raft.StateLeader {
			return n
		}
	}
	return nil
}

// -------------------------------------------------------------------------------------------------------- the network

func (c *cluster) send(n *node, messages []pb.Message) {
	for _, message := range messages {
		c.net = append(c.net, envelope{message, n.sent})
		n.sent++
	}
}

// deliver takes some message from the network. It may be lost, or arrive once more later.
func (c *cluster) deliver() {
	var there []envelope
	for _, each := range c.net {
		if each.number >= c.nodes[each.From-1].sent-window {
			there = append(there, each)
		}
	}
	c.net = there
	if len(there) == 0 {
		return
	}
	i := c.random.Intn(len(there))
	message := there[i].Message
	if !c.chance(8) {
		c.net = append(there[:i:i], there[i+1:]...)
	}
	to, from := c.nodes[message.To-1], c.nodes[message.From-1]
	if c.chance(6) || to.raft == nil || to == c.apart || from == c.apart {
		return
	}
	_ = to.raft.Step(message) // it may be of no use any more
	if c.fault == earlyAck && message.Type == pb.MsgAppResp && !message.Reject {
		c.strike(from, message.Index)
	}
}

// cutOff separates a node from the others, or ends such a partition.
func (c *cluster) cutOff(n *node) {
	if c.apart != nil {
		c.apart = nil
	} else {
		c.apart = n
	}
}

func (c *cluster) chance(percent int) bool { return c.random.Intn(100) < percent }
