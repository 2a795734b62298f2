//go:build elastickv

// Shows: a leader with a lease answers a read from its own store, although another leader has acknowledged a later write:
// because a response came late, because the follower has started anew, because leadership was handed over, or because
// the follower's answer that there is another leader counts as an acknowledgement. And a new leader does so although it
// has not applied what its predecessor acknowledged.
//
// Two of the three nodes are real, with real clocks: the leader, and the follower whose vote decides. The third is the
// test: it asks for votes, and leads, as raft's own messages say it.
// Copy into internal/raftengine/etcd, with coldstart_support_test.go. Run at d9a031d0: fails.

package etcd

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bootjp/elastickv/internal/raftengine"
	"github.com/bootjp/elastickv/kv"
	"github.com/stretchr/testify/require"
	raftpb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

const electionTimeout = defaultElectionTick * defaultTickInterval

// filter says of a message to a real node whether it arrives now.
type filter func(m *raftpb.Message) bool

// three is a group of two real nodes, 1 and 2, and the test itself as node 3.
type three struct {
	t         *testing.T
	peers     []Peer
	nodes     map[uint64]*node
	transport *GRPCTransport // of node 3

	mu       sync.Mutex
	arrives  filter
	held     []raftpb.Message
	received []raftpb.Message // by node 3
}

func newThree(t *testing.T) *three {
	t.Helper()
	c := &three{t: t, nodes: map[uint64]*node{}, arrives: func(*raftpb.Message) bool { return true }}
	listeners := make([]net.Listener, 0, 3)
	for i := uint64(1); i <= 3; i++ {
		listeners = append(listeners, listen(t, "127.0.0.1:0"))
		c.peers = append(c.peers, Peer{NodeID: i, ID: fmt.Sprint("n", i), Address: listeners[i-1].Addr().String()})
	}
	require.NoError(t, listeners[0].Close())
	require.NoError(t, listeners[1].Close())
	c.transport = NewGRPCTransport(c.peers)
	c.transport.SetHandler(func(_ context.Context, m raftpb.Message) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.received = append(c.received, m)
		return nil
	})
	serve(t, c.transport, listeners[2])
	t.Cleanup(func() { _ = c.transport.Close() })
	for id := uint64(1); id <= 2; id++ {
		c.start(id, t.TempDir())
	}
	return c
}

// start starts a real node; what arrives there goes through the filter.
func (c *three) start(id uint64, dir string) {
	c.t.Helper()
	n := build(c.t, dir, nil)
	peer := c.peers[id-1]
	transport := NewGRPCTransport(c.peers)
	n.server = serve(c.t, transport, listen(c.t, peer.Address))
	require.NoError(c.t, n.open(OpenConfig{
		NodeID: id, LocalID: peer.ID, LocalAddress: peer.Address, Peers: c.peers, Bootstrap: true, Transport: transport,
	}, n.fsm))
	transport.SetHandler(func(ctx context.Context, m raftpb.Message) error {
		c.mu.Lock()
		if !c.arrives(&m) {
			c.held = append(c.held, m)
			c.mu.Unlock()
			return nil
		}
		c.mu.Unlock()
		return n.engine.handleTransportMessage(ctx, m)
	})
	c.nodes[id] = n
}

// let sets which messages arrive, and forgets those that did not.
func (c *three) let(arrives filter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrives, c.held = arrives, nil
}

// elect waits for a leader, and returns it, the other real node, and a coordinator on the leader. x is old on both.
func (c *three) elect() (leader, voter *node, reads *kv.Coordinate) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		for id, n := range c.nodes {
			if n.engine.State() == raftengine.StateLeader {
				leader, voter = n, c.nodes[3-id]
			}
		}
		return leader != nil
	}, patience, time.Millisecond, "one of the two is elected")
	index := leader.propose(entry(put("x", "old", 10)))
	voter.eventually(func() bool { return voter.engine.AppliedIndex() >= index }, "the follower has applied it, too")
	reads = kv.NewCoordinatorWithEngine(nil, leader.engine)
	leader.eventually(func() bool { _, answered := fromLease(reads, leader); return answered }, "the leader has a lease")
	return leader, voter, reads
}

func id(n *node) uint64 { return n.engine.nodeID }

func term(n *node) uint64 { return n.engine.Status().Term }

// say sends a message of node 3.
func (c *three) say(to *node, m *raftpb.Message) {
	c.t.Helper()
	m.From, m.To = proto.Uint64(3), proto.Uint64(id(to))
	require.NoError(c.t, c.transport.Dispatch(context.Background(), *m))
}

// hears waits until node 3 has received a message.
func (c *three) hears(what func(m *raftpb.Message) bool, within time.Duration) bool {
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(time.Millisecond) {
		c.mu.Lock()
		for i := range c.received {
			if what(&c.received[i]) {
				c.mu.Unlock()
				return true
			}
		}
		c.mu.Unlock()
	}
	return false
}

// vote asks a node for its vote, and says whether it has been given.
func (c *three) vote(from *node, elected uint64, why string, within time.Duration) bool {
	c.t.Helper()
	last, err := from.engine.storage.LastIndex()
	require.NoError(c.t, err)
	lastTerm, err := from.engine.storage.Term(last)
	require.NoError(c.t, err)
	c.say(from, &raftpb.Message{
		Type: raftpb.MsgVote.Enum(), Term: &elected, Index: &last, LogTerm: &lastTerm, Context: []byte(why),
	})
	return c.hears(func(m *raftpb.Message) bool {
		return m.GetType() == raftpb.MsgVoteResp && m.GetTerm() == elected && !m.GetReject()
	}, within)
}

// lead is what node 3 does with that vote: x is new, on a majority, and so acknowledged.
func (c *three) lead(voter *node, elected uint64) {
	c.t.Helper()
	last, err := voter.engine.storage.LastIndex()
	require.NoError(c.t, err)
	lastTerm, err := voter.engine.storage.Term(last)
	require.NoError(c.t, err)
	c.say(voter, &raftpb.Message{
		Type: raftpb.MsgApp.Enum(), Term: &elected, Index: &last, LogTerm: &lastTerm, Commit: &last,
		Entries: []*raftpb.Entry{
			logged(last+1, elected, nil), logged(last+2, elected, entry(put("x", "new", 20))),
		},
	})
	require.True(c.t, c.hears(func(m *raftpb.Message) bool {
		return m.GetType() == raftpb.MsgAppResp && m.GetTerm() == elected && m.GetIndex() == last+2 && !m.GetReject()
	}, patience), "the new leader's write is on a majority")
}

// fromLease reads x if the node answers without asking anybody. A cancelled context lets it do nothing else.
func fromLease(reads *kv.Coordinate, leader *node) (string, bool) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := reads.LeaseRead(ctx); err != nil {
		return "", false
	}
	return leader.get("x"), true
}

func (c *three) mustNotBeStale(reads *kv.Coordinate, leader *node, elected uint64) {
	c.t.Helper()
	if x, answered := fromLease(reads, leader); answered {
		c.t.Errorf("the leader of term %d has acknowledged x=new; that of term %d answers at once, x=%s",
			elected, elected-1, x)
	}
}

func isResponse(m *raftpb.Message) bool {
	return m.GetType() == raftpb.MsgAppResp || m.GetType() == raftpb.MsgHeartbeatResp
}

// The follower hears from the leader for the last time, and its response takes 800 ms. The margin is 300 ms.
func TestLeaseIsDatedBeforeTheQuestion(t *testing.T) {
	c := newThree(t)
	leader, voter, reads := c.elect()
	elected := term(leader) + 1
	asked := 0
	c.let(func(m *raftpb.Message) bool {
		if m.GetFrom() == id(leader) && m.GetType() == raftpb.MsgHeartbeat {
			asked++
			return asked == 1
		}
		return m.GetFrom() == 3
	})
	leader.eventually(func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return asked > 0
	}, "a heartbeat has arrived")
	heard := time.Now()
	time.Sleep(time.Until(heard.Add(electionTimeout - 200*time.Millisecond)))
	c.mu.Lock()
	late := c.held
	c.mu.Unlock()
	for _, m := range late {
		if m.GetTo() == id(leader) && isResponse(&m) {
			require.NoError(t, leader.engine.handleTransportMessage(context.Background(), m))
		}
	}
	time.Sleep(time.Until(heard.Add(electionTimeout + 50*time.Millisecond)))
	voter.eventually(func() bool { return c.vote(voter, elected, "", 50*time.Millisecond) }, "the follower votes")
	c.lead(voter, elected)
	t.Logf("%d ms after the follower has heard from the leader", time.Since(heard).Milliseconds())
	c.mustNotBeStale(reads, leader, elected)
}

// The follower dies and starts again, and votes before it hears from the leader.
func TestStartedNodeKeepsToTheLeader(t *testing.T) {
	c := newThree(t)
	leader, voter, reads := c.elect()
	elected := term(leader) + 1
	require.False(t, c.vote(voter, elected, "", 50*time.Millisecond), "the follower keeps to the leader")
	which, dir := id(voter), voter.dir
	c.let(func(m *raftpb.Message) bool { return m.GetFrom() == 3 })
	died := time.Now()
	voter.stop()
	c.start(which, dir)
	voter = c.nodes[which]
	if !c.vote(voter, elected, "", 100*time.Millisecond) {
		return // as it must be
	}
	c.lead(voter, elected)
	t.Logf("%d ms after the follower has died", time.Since(died).Milliseconds())
	c.mustNotBeStale(reads, leader, elected)
}

// Leadership is handed over, and the leader is the last to know. Nothing is cut off.
func TestLeaderThatHandsOverHasNoLease(t *testing.T) {
	c := newThree(t)
	leader, voter, reads := c.elect()
	elected, last := term(leader)+1, leader.lastIndex()
	c.say(leader, &raftpb.Message{Type: raftpb.MsgAppResp.Enum(), Term: proto.Uint64(term(leader)), Index: &last})
	go func() { _ = leader.engine.TransferLeadershipToServer(context.Background(), "n3", c.peers[2].Address) }()
	require.True(t, c.hears(func(m *raftpb.Message) bool { return m.GetType() == raftpb.MsgTimeoutNow }, patience))
	asked := time.Now()
	require.True(t, c.vote(voter, elected, "CampaignTransfer", time.Second), "the follower votes in spite of its leader")
	c.lead(voter, elected)
	t.Logf("%d ms after node 3 was asked to take over", time.Since(asked).Milliseconds())
	c.mustNotBeStale(reads, leader, elected)
}

// The leader is cut off until its lease is over and another one is elected. Then a heartbeat of it arrives, and the
// follower answers that there is a later term. Sometimes the leader has noticed before that it is alone.
func TestAnswerOfALaterTermIsNoAcknowledgement(t *testing.T) {
	for attempt := 1; attempt <= 5 && !t.Failed(); attempt++ {
		if stale, of := staleReadsOfDeposedLeader(t); stale > 0 {
			t.Errorf("the lease was over and x=new acknowledged; then the leader of term %d has answered %d reads with x=old",
				of, stale)
		}
	}
}

func staleReadsOfDeposedLeader(t *testing.T) (stale int, of uint64) {
	t.Helper()
	c := newThree(t)
	leader, voter, reads := c.elect()
	of = term(leader)
	c.let(func(m *raftpb.Message) bool { return m.GetFrom() == 3 })
	cut := time.Now()
	time.Sleep(time.Until(cut.Add(electionTimeout + 50*time.Millisecond)))
	voter.eventually(func() bool { return c.vote(voter, of+1, "", 50*time.Millisecond) }, "the follower votes")
	c.lead(voter, of+1)
	_, answered := fromLease(reads, leader)
	require.False(t, answered, "the lease is over")
	before := leader.engine.LastQuorumAck()
	c.let(func(*raftpb.Message) bool { return true })
	for leader.engine.State() == raftengine.StateLeader {
		if leader.engine.LastQuorumAck() == before {
			continue
		}
		if x, answered := fromLease(reads, leader); answered && x == "old" {
			stale++
		}
	}
	return stale, of
}

// slow is a state machine that takes its time for one entry.
type slow struct {
	*watched
	at      uint64
	release chan struct{}
}

func (s *slow) Apply(data []byte) any {
	if s.index == s.at {
		<-s.release
	}
	return s.watched.Apply(data)
}

// Entry 3 was acknowledged by the leader of term 2, for nodes 1 and 2 have it. Node 1, which has not learned that it is
// committed, leads term 3.
func TestNewLeaderHasAppliedWhatWasAcknowledged(t *testing.T) {
	p := newPuppet(t)
	n := build(t, t.TempDir(), nil)
	machine := &slow{n.fsm, 3, make(chan struct{})}
	require.NoError(t, p.startWith(n, machine))
	p.appendEntries(2, 1, 1, 2, logged(2, 2, entry(put("x", "old", 10))), logged(3, 2, entry(put("x", "new", 20))))
	n.eventually(func() bool { return p.acknowledged() == 3 && n.get("x") == "old" }, "entry 3 is on a majority")
	reads := kv.NewCoordinatorWithEngine(nil, n.engine)

	third := uint64(3)
	require.NoError(t, p.send(&raftpb.Message{Type: raftpb.MsgTimeoutNow.Enum(), Term: proto.Uint64(2)}))
	n.eventually(func() bool { return p.answers(raftpb.MsgVote) > 0 }, "node 1 asks for a vote")
	require.NoError(t, p.send(&raftpb.Message{Type: raftpb.MsgVoteResp.Enum(), Term: &third}))
	n.eventually(func() bool { return n.engine.State() == raftengine.StateLeader }, "node 1 leads")
	_, answered := fromLease(reads, n)
	require.False(t, answered, "nobody has acknowledged anything in this term")
	require.NoError(t, p.send(&raftpb.Message{Type: raftpb.MsgAppResp.Enum(), Term: &third, Index: proto.Uint64(4)}))
	for end := time.Now().Add(time.Second); time.Now().Before(end) && !t.Failed(); time.Sleep(time.Millisecond) {
		if x, answered := fromLease(reads, n); answered {
			t.Errorf("entry 3, x=new, is acknowledged; the leader of term 3 has applied up to %d and answers at once, x=%s",
				n.engine.AppliedIndex(), x)
		}
	}
	close(machine.release)
	n.eventually(func() bool { x, _ := fromLease(reads, n); return x == "new" }, "the leader has a lease")
}
