package mutation

import (
	"errors"
	"fmt"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// Test makes a law of a test that has no subtests: whether it fails with the
// table as it is then.
func Test(name string, test func(*testing.T)) Law {
	return All(name, func([]core.Row) error { return failure(test) })
}

// failure runs a test on a T of its own, whose output nobody sees. It has to run
// on a goroutine of its own, which FailNow ends.
func failure(test func(*testing.T)) (err error) {
	t := new(testing.T)
	done := make(chan any)
	go func() {
		defer func() { done <- recover() }()
		test(t)
	}()
	if panicked := <-done; panicked != nil {
		return fmt.Errorf("panic: %v", panicked)
	}
	if t.Failed() {
		return errors.New("it fails")
	}
	return nil
}
