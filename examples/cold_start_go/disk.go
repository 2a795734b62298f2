package coldstart

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/vfs"
	"go.etcd.io/etcd/server/v3/etcdserver/api/snap"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"go.etcd.io/etcd/server/v3/storage/wal/walpb"
	"go.etcd.io/raft/v3/raftpb"
	"go.uber.org/zap"
)

// A WAL makes its files as long as they may become. These logs are short.
func init() { wal.SegmentSizeBytes = 64 << 10 }

// Disk is what survives a crash. The WAL and the snapshots are files in a directory; the store is in a file system of
// Pebble's that forgets, when it is told to, all that was not synced.
type Disk struct {
	root       string
	generation int // of the directory: a crash leaves the one before to the process that is dead
	store      *vfs.MemFS
	unreadable bool // planted: the store's applied index cannot be read
}

// NewDisk makes an empty one in a directory.
func NewDisk(root string) (*Disk, error) {
	d := &Disk{root: root, store: vfs.NewStrictMem()}
	return d, errors.Join(os.MkdirAll(d.snapDir(), 0o700), d.makeStoreDir())
}

// makeStoreDir syncs the folder above too: without that, a crash takes the whole store.
func (d *Disk) makeStoreDir() error {
	if err := d.store.MkdirAll("store", 0o700); err != nil {
		return err
	}
	above, err := d.store.OpenDir("/")
	if err != nil {
		return err
	}
	return errors.Join(above.Sync(), above.Close())
}

func (d *Disk) dir() string     { return filepath.Join(d.root, fmt.Sprint(d.generation)) }
func (d *Disk) walDir() string  { return filepath.Join(d.dir(), "wal") }
func (d *Disk) snapDir() string { return filepath.Join(d.dir(), "snap") }

func (d *Disk) fsmFile(index uint64) string {
	return filepath.Join(d.snapDir(), fmt.Sprintf("%016x.fsm", index))
}

func (d *Disk) openStore() (*Store, error) {
	s, err := openStore(d.store)
	if err == nil {
		s.unreadable = d.unreadable
	}
	return s, err
}

// crash ends a node as a power cut does. The WAL's files are copied as they are: what Save did not sync is still in
// the memory of its encoder. Then the dead process may close what it has open; nobody sees what that writes.
func (d *Disk) crash(n *Node) error {
	left := *d
	d.generation++
	for _, pattern := range []string{"wal/*.wal", "snap/*"} {
		files, err := filepath.Glob(filepath.Join(left.dir(), pattern))
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := copyFile(file, filepath.Join(d.dir(), filepath.Dir(pattern), filepath.Base(file))); err != nil {
				return err
			}
		}
	}
	d.store.SetIgnoreSyncs(true)
	err := n.close()
	d.store.ResetToSyncedState()
	d.store.SetIgnoreSyncs(false)
	return errors.Join(err, os.RemoveAll(left.dir()))
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// walContent is what a start would find in the WAL now.
func (d *Disk) walContent() (*raftpb.HardState, []*raftpb.Entry, error) {
	w, err := wal.OpenForRead(zap.NewNop(), d.walDir(), &walpb.Snapshot{})
	if err != nil {
		return nil, nil, err
	}
	_, hardState, entries, err := w.ReadAll() // which closes what it has read
	return hardState, entries, err
}

// savedSnapshots are the indices of the snapshots that are saved, whether a start would take them or not.
func (d *Disk) savedSnapshots() ([]uint64, error) {
	files, err := filepath.Glob(filepath.Join(d.snapDir(), "*.fsm"))
	var indices []uint64
	for _, file := range files {
		var index uint64
		if _, err := fmt.Sscanf(filepath.Base(file), "%x.fsm", &index); err != nil {
			return nil, err
		}
		if _, err := os.Stat(d.snapFile(index)); index == 0 || err == nil {
			indices = append(indices, index)
		}
	}
	return indices, err
}

func (d *Disk) snapFile(index uint64) string {
	return filepath.Join(d.snapDir(), fmt.Sprintf("%016x-%016x.snap", entryTerm, index))
}

// forgetSnapshotsBefore removes the snapshots that a start would not take any more.
func (d *Disk) forgetSnapshotsBefore(index uint64) error {
	saved, err := d.savedSnapshots()
	for _, older := range saved {
		if older < index {
			err = errors.Join(err, os.Remove(d.fsmFile(older)))
			if older > 0 {
				err = errors.Join(err, os.Remove(d.snapFile(older)))
			}
		}
	}
	return errors.Join(err, syncDir(d.snapDir()))
}

// newestSnapshot is the one that a start takes: of those that the WAL names and its hard state does not contradict,
// the newest that can be read. Snapshot 0 is there from the beginning and has no file of raft's.
func (d *Disk) newestSnapshot() (*raftpb.Snapshot, error) {
	named, err := wal.ValidSnapshotEntries(zap.NewNop(), d.walDir())
	if err != nil {
		return nil, err
	}
	found, err := snap.New(zap.NewNop(), d.snapDir()).LoadNewestAvailable(named)
	if errors.Is(err, snap.ErrNoSnapshot) {
		return &raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{}}, nil
	}
	return found, err
}

// image reads the .fsm file that belongs to a snapshot.
func (d *Disk) image(of *raftpb.Snapshot) (image, error) {
	index := of.GetMetadata().GetIndex()
	if index == 0 {
		return readImage(d.fsmFile(0), nil)
	}
	sum, err := readToken(of.Data)
	if err != nil {
		return image{}, err
	}
	return readImage(d.fsmFile(index), &sum)
}
