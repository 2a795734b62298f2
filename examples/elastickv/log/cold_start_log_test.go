//go:build elastickv

// Shows that the line in the log and the metric measure the gap of a start from different indices, before d9bf745f.
//
// Model: models/cold_start/observer.gate, checks v2 and v3_first (LogAgrees).
// Copy into internal/raftengine/etcd. Run at c9b7c3ba (v2) and 1b166a5e (v3): it fails. Run at d9a031d0: it passes.

package etcd

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// measured is an observer that keeps the gap as the metric does.
type measured struct{ gap uint64 }

func (m *measured) RestoreSkipped(s, have uint64)  { m.gap = have - s }
func (m *measured) RestoreExecuted(s, have uint64) { m.gap = max(s, have) - min(s, have) }
func (m *measured) RestoreFallback(uint64, string) {}

func TestLogAgreesWithMetric(t *testing.T) {
	core, lines := observer.New(zapcore.InfoLevel)
	metric := &measured{}
	reportColdStart(metric, zap.New(core), coldStartSkip, 100, 150, 200)
	require.Equal(t, 1, lines.Len())
	fields := lines.All()[0].ContextMap()
	gap, ok := fields["gap_ahead_snapshot"]
	if !ok {
		gap = fields["gap_ahead"]
	}
	t.Logf("S=100, the start needs 150, have 200: %v", fields)
	if gap != metric.gap {
		t.Errorf("LogAgrees: the gap is %v in the log, and %d in the metric", gap, metric.gap)
	}
}
