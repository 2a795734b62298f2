//go:build elastickv

// Shows what the gauge of the cold start says:
//   - TestGapInEitherDirection: at c9b7c3ba (v2) it wraps if the store is ahead of the snapshot that is restored;
//   - TestEachGroupHasItsGap: the raft groups of a process share it, and the last one to start overwrites the others.
//
// Model: models/cold_start/observer.gate, check v2 (TrueGap); groups.gate, check v9 (EachGroupReported), repair
// metrics_by_group.
// Copy into monitoring. Run at c9b7c3ba: both fail. Run at d9a031d0: the second fails.

package monitoring

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// gaps returns the values of the gauge, one a series.
func gaps(t *testing.T, registry *prometheus.Registry) []float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := []float64{}
	for _, family := range families {
		if family.GetType() == dto.MetricType_GAUGE {
			for _, metric := range family.GetMetric() {
				values = append(values, metric.GetGauge().GetValue())
			}
		}
	}
	return values
}

func TestGapInEitherDirection(t *testing.T) {
	registry := prometheus.NewRegistry()
	newColdStartObserver(newColdStartMetrics(registry)).RestoreExecuted(100, 150)
	got := gaps(t, registry)
	t.Logf("S=100, have 150: %v", got)
	if len(got) != 1 || got[0] != 50 {
		t.Errorf("TrueGap: the gap is 50, and the gauge says %v", got)
	}
}

// of returns the observer of a group. At d9a031d0 there is one in a process; repaired, it makes one for each group.
func of(observer *ColdStartObserver, group uint64) *ColdStartObserver {
	if each, ok := any(observer).(interface {
		ForGroup(group uint64) *ColdStartObserver
	}); ok {
		return each.ForGroup(group)
	}
	return observer
}

func TestEachGroupHasItsGap(t *testing.T) {
	registry := prometheus.NewRegistry()
	observer := newColdStartObserver(newColdStartMetrics(registry))
	of(observer, 1).RestoreSkipped(100, 105)
	of(observer, 2).RestoreSkipped(100, 800)
	got := gaps(t, registry)
	t.Logf("two groups: %v", got)
	if len(got) != 2 {
		t.Errorf("two groups have started, with gaps 5 and 700, and the gauge says %v", got)
	}
}
