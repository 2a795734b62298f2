package coldstart

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// image is a snapshot of the state machine: what a .fsm file holds.
type image struct {
	ceiling uint64 // the header: what the store does not hold
	pairs   []pair // the body: the whole store, its applied index included
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	fsmMagic   = []byte("COLDFSM1")
	tokenMagic = []byte("COLDTOK1")
)

var errChecksum = errors.New("the checksum is wrong")

// write makes a .fsm file, which is there as a whole or not at all, and gives its checksum.
func (i image) write(path string) (uint32, error) {
	b := binary.LittleEndian.AppendUint64(bytes.Clone(fsmMagic), i.ceiling)
	for _, p := range i.pairs {
		for _, part := range [][]byte{p.key, p.value} {
			b = append(binary.AppendUvarint(b, uint64(len(part))), part...)
		}
	}
	sum := crc32.Checksum(b, castagnoli)
	b = binary.LittleEndian.AppendUint32(b, sum)
	if err := writeSynced(path+".tmp", b); err != nil {
		return 0, err
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return 0, err
	}
	return sum, syncDir(filepath.Dir(path))
}

// readImage reads a .fsm file whose checksum must be the one that the token names; nil stands for the file's own.
// Nothing of a file whose checksum is wrong is looked at.
func readImage(path string, expected *uint32) (image, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return image{}, err
	}
	body, footer := b[:max(len(b)-4, 0)], b[max(len(b)-4, 0):]
	sum := crc32.Checksum(body, castagnoli)
	if len(footer) != 4 || sum != binary.LittleEndian.Uint32(footer) || expected != nil && sum != *expected {
		return image{}, fmt.Errorf("%s: %w", filepath.Base(path), errChecksum)
	}
	rest, found := bytes.CutPrefix(body, fsmMagic)
	if !found || len(rest) < 8 {
		return image{}, fmt.Errorf("%s is no snapshot", filepath.Base(path))
	}
	i := image{ceiling: binary.LittleEndian.Uint64(rest)}
	for reader := bytes.NewReader(rest[8:]); reader.Len() > 0; {
		key, err := readPart(reader)
		if err != nil {
			return image{}, err
		}
		value, err := readPart(reader)
		if err != nil {
			return image{}, err
		}
		i.pairs = append(i.pairs, pair{key, value})
	}
	return i, nil
}

func readPart(from *bytes.Reader) ([]byte, error) {
	size, err := binary.ReadUvarint(from)
	if err != nil || size > uint64(from.Len()) {
		return nil, io.ErrUnexpectedEOF
	}
	part := make([]byte, size)
	_, err = io.ReadFull(from, part)
	return part, err
}

// A token is all that raft's own snapshot holds: which .fsm file belongs to it.
func token(sum uint32) []byte { return binary.LittleEndian.AppendUint32(bytes.Clone(tokenMagic), sum) }

func readToken(b []byte) (uint32, error) {
	sum, found := bytes.CutPrefix(b, tokenMagic)
	if !found || len(sum) != 4 {
		return 0, errors.New("the snapshot holds no token")
	}
	return binary.LittleEndian.Uint32(sum), nil
}

func writeSynced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
