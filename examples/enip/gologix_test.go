package enip

import (
	"context"
	"fmt"
	"testing"

	"github.com/danomagnum/gologix"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

// TestMessages: the calls that the driver does not use have wordings of their own.
func TestMessages(t *testing.T) {
	plc, driver := start(t)
	opened, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = opened.Close() }) // the end of a test
	client := opened.(*link).client
	plc.Set("@0x8B/1/1", uint16(7))
	plc.Fail(enipstatus.AttributeNotGettable, eniptest.Next)
	_, err = client.GenericCIPMessage(0x2B, unhex("208b2401"), nil)
	require.ErrorAs(t, err, new(gologix.CIPStatusError))
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeNotGettable)

	_, err = client.GetAttrList(0x8B, 1, 1, 99)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeListError)

	plc.Fail(eniptest.Extended(enipstatus.PathSegmentError, 0))
	_, err = client.GetAttrList(0x8B, 1, 1)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.PathSegmentError)
}

// TestTexts: all texts of gologix differ from each other, so that each of them
// names one status.
func TestTexts(t *testing.T) {
	seen := map[string]int{}
	for n := range 256 {
		text := gologix.CIPStatus(n).String()
		if first, ok := seen[text]; ok {
			t.Errorf("0x%02X and 0x%02X are both %q", first, n, text)
		}
		seen[text] = n
		err := recognizer.Translate(core.Read, fmt.Errorf("read of Speed returned status %v", gologix.CIPStatus(n)))
		assert.Equal(t, enipstatus.GeneralStatus(n).Status().Code(core.Read), core.CodeOf(err), text)
	}
}
