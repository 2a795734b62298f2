package coldstart_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const recordedFaults = "testdata/caught.txt"

// TestEachFaultIsCaught runs the generated tests on each revision that has a fault: some of them must fail. What is
// recorded of each is the shortest behaviour for each kind of difference from the model.
func TestEachFaultIsCaught(t *testing.T) {
	if os.Getenv(revisionVariable) != "" {
		t.Skip("this is one of the runs that the test starts")
	}
	var found strings.Builder
	for _, revision := range []string{"v0", "v1", "v2", "v3", "v4", "v5"} {
		generated := exec.Command(os.Args[0], "-test.run", "^TestColdStart$")
		generated.Env = append(os.Environ(), revisionVariable+"="+revision)
		said, err := generated.CombinedOutput()
		count, kinds := failures(string(said))
		if err == nil || count == 0 {
			t.Errorf("%s: no generated test fails: %v", revision, err)
		}
		fmt.Fprintf(&found, "%s: %d of %d behaviours fail\n%s", revision, count, len(behaviours), kinds)
	}
	if os.Getenv("SKIPGATE_WRITE") != "" {
		if err := os.WriteFile(recordedFaults, []byte(found.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	recorded, err := os.ReadFile(recordedFaults)
	if err != nil {
		t.Fatal(err)
	}
	if string(recorded) != found.String() {
		t.Errorf("%s says something else than this:\n%s", recordedFaults, found.String())
	}
}

// failures counts the behaviours that failed, and names the first for each variable that differs, and each action
// that is refused or should have been.
func failures(said string) (int, string) {
	count, name, kinds, seen := 0, "", "", map[string]bool{}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		kind := ""
		if failed, found := strings.CutPrefix(line, "--- FAIL: TestColdStart/"); found {
			name, _, _ = strings.Cut(failed, " (")
			count++
		} else if strings.HasSuffix(line, " in the model") {
			kind, _, _ = strings.Cut(line, ":")
		} else if strings.HasSuffix(line, "the system refuses what the model allows") {
			_, line, _ = strings.Cut(line, ": step ")
			_, line, _ = strings.Cut(line, ", ")
			kind, _, _ = strings.Cut(line, " ")
		} else if _, done, found := strings.Cut(line, ": at the end, "); found {
			kind, _, _ = strings.Cut(done, ":")
			line = done
		}
		if kind != "" && !seen[kind] {
			seen[kind] = true
			kinds += "  " + name + "\n    " + line + "\n"
		}
	}
	return count, kinds
}
