package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where the scripts and the packages of npm are.
const npmDir = "npm"

// nodeTimeout is how long a script may run. The process is killed then.
const nodeTimeout = 20 * time.Second

// needNode skips a test when node or one of its packages is missing.
func needNode(t *testing.T, packages ...string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed: clients from npm are not tested here")
	}
	for _, name := range packages {
		if _, err := os.Stat(filepath.Join(npmDir, "node_modules", name)); err != nil {
			t.Skipf("%s is not installed: run npm --prefix examples/clients/npm ci", name)
		}
	}
}

// npmVersion returns name and version of a client as they stand in the table:
// "nodes7 0.3.18". It skips the test when the client is not installed.
func npmVersion(t *testing.T, name string) string {
	t.Helper()
	needNode(t, name)
	data, err := os.ReadFile(filepath.Join(npmDir, "node_modules", name, "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Version string }
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return name + " " + p.Version
}

// runNode runs a script of the npm directory and returns the object of the last
// line that it prints. What else it prints is shown when it fails. It skips the
// test when node is missing, or when nothing was installed for it.
func runNode(t *testing.T, script string, args ...string) map[string]any {
	t.Helper()
	needNode(t, ".")
	ctx, cancel := context.WithTimeout(context.Background(), nodeTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	cmd.Dir = npmDir
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("%s did not end within %v:\n%s%s", script, nodeTimeout, &stdout, &stderr)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, &stdout, &stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	var result map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil {
		t.Fatalf("%s: the last line is no JSON object: %v\n%s%s", script, err, &stdout, &stderr)
	}
	return result
}

// hostPort cuts an address into the two arguments that the scripts take.
func hostPort(t *testing.T, addr string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}

// jsonText is a value of a script's result in one line, keys sorted.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
