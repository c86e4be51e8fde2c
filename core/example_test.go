package core_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"

	"github.com/fieldstatus/fieldstatus/core"
)

// A driver looks at the scope first, since it says whose tags are affected,
// and then at the remedy.
func Example() {
	poll := func() error { return &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded} }

	err := core.Translate(core.Read, poll())
	fmt.Println(err)
	if core.ScopeOf(err) >= core.Session {
		fmt.Println("mark all tags of the link")
	}
	switch core.RemedyOf(err) {
	case core.Retry:
		fmt.Println("ask again in the next cycle")
	case core.Reconnect:
		fmt.Println("reopen the", core.ScopeOf(err))
	case core.Fix:
		fmt.Println("stop asking, somebody has to change something")
	}
	// Output:
	// read: 3015 Plugin device is not responding (net network Deadline): read tcp: i/o timeout
	// ask again in the next cycle
}

func ExampleCodeOf() {
	err := fmt.Errorf("poll line 3: %w", core.Translate(core.Read, io.EOF))
	fmt.Println(int32(core.CodeOf(err)))
	fmt.Println(int32(core.CodeOf(nil)))
	// Output:
	// 3002
	// 0
}

// A Code is an error value, and portable errors that say the same match too.
func ExampleError_Is() {
	var err error = &core.Error{Code: core.S7AccessDenied, Op: core.Read, Tag: "DB1.DBW4"}
	fmt.Println(errors.Is(err, core.S7AccessDenied), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist))
	// Output: true true false
}

func ExampleRepeatable() {
	timeout := core.Translate(core.Write, os.ErrDeadlineExceeded)
	refused := core.Translate(core.Write, core.S7AddressInvalid)
	fmt.Println(core.Repeatable(timeout), core.Repeatable(refused))
	// Output: false true
}

func ExampleTagged() {
	err := core.Tagged("motor.speed", core.Translate(core.Read, core.S7ObjectNotExist))
	fmt.Println(err)
	// Output: read motor.speed: 10110 Object does not exist
}

func ExampleParseCode() {
	c, err := core.ParseCode("S7AddressInvalid")
	fmt.Println(c.Name(), err)
	zh, _ := c.MessageIn("zh")
	fmt.Println(c.Message(), zh, c.Section(), c.Remedy())
	// Output:
	// S7AddressInvalid <nil>
	// Invalid address 无效地址 s7 fix
}
