package coldstart

import (
	"cmp"
	"encoding/binary"
	"errors"
)

// Timestamp is one of a hybrid logical clock.
type Timestamp struct {
	Physical, Logical uint64
}

// Compare orders timestamps as cmp.Compare orders numbers.
func (t Timestamp) Compare(other Timestamp) int {
	return cmp.Or(cmp.Compare(t.Physical, other.Physical), cmp.Compare(t.Logical, other.Logical))
}

const timestampSize = 16

func (t Timestamp) encode() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, t.Physical), t.Logical)
}

func decodeTimestamp(b []byte) Timestamp {
	return Timestamp{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

// ErrFenced says that the wall clock has reached the ceiling of the last lease.
var ErrFenced = errors.New("the wall clock has reached the ceiling")

// Clock is a hybrid logical clock below a ceiling. The ceiling is that of the newest lease in the log; 0 means that no
// lease is known.
type Clock struct {
	wall    func() uint64
	ceiling uint64
	last    Timestamp
}

// RaiseCeiling takes note of a lease.
func (c *Clock) RaiseCeiling(ceiling uint64) { c.ceiling = max(c.ceiling, ceiling) }

// Observe takes note of a timestamp that another one has issued.
func (c *Clock) Observe(ts Timestamp) {
	if ts.Compare(c.last) > 0 {
		c.last = ts
	}
}

// Next issues a timestamp above all that the clock has issued or observed. It stands at the ceiling, if there is one.
func (c *Clock) Next() (Timestamp, error) {
	now := c.wall()
	if c.ceiling > 0 {
		if now >= c.ceiling {
			return Timestamp{}, ErrFenced
		}
		now = c.ceiling
	}
	if now <= c.last.Physical {
		c.last.Logical++
	} else {
		c.last = Timestamp{Physical: now}
	}
	return c.last, nil
}
