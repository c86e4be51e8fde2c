package knx

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// TestFaults: each fault has its event, and an offset that points at it.
func TestFaults(t *testing.T) {
	const end = -1 // of the frame: it is too short
	for name, c := range map[string]struct {
		service Service
		body    string
		want    Event
		offset  int
	}{
		"length of a connection header":    {tunnellingRequest, "05030000 2900", FrameBadStructureLength, 6},
		"no message":                       {tunnellingRequest, "04030000", FrameTruncatedBody, end},
		"message code alone":               {tunnellingRequest, "04030000 29", FrameTruncatedBody, end},
		"additional information":           {tunnellingRequest, "04030000 2905 0102", FrameAdditionalInfoOverrun, 11},
		"unknown message code":             {tunnellingRequest, "04030000 77", FrameUnknownMessageCode, 10},
		"telegram without an address":      {tunnellingRequest, "04030000 2900bce01105", FrameTruncatedBody, end},
		"length of a telegram":             {tunnellingRequest, "04030000 2900bce011050a03 02 0081", FrameNpduLengthMismatch, 18},
		"behind additional information":    {tunnellingRequest, "04030000 2902 0100 bce011050a03 02 0081", FrameNpduLengthMismatch, 20},
		"length of an extended telegram":   {tunnellingRequest, "04030000 2900bce011050a03 ff 0081", FrameNpduLengthMismatch, 18},
		"data without a service":           {tunnellingRequest, "04030000 2900b060114d1105 00 00", FrameTruncatedBody, end},
		"answer without its data":          {tunnellingRequest, "04030000 2900b060114d1105" + tpdu(memoryResponse, "10"), FrameTruncatedBody, end},
		"management without a property":    {configurationRequest, "04030000 fb000b0134", FrameTruncatedBody, end},
		"refusal without a reason":         {configurationRequest, "04030000 fb000b01340001", FrameTruncatedBody, end},
		"function property":                {configurationRequest, "04030000 fa000b", FrameTruncatedBody, end},
		"host address":                     {connectResponse, "0300 07017f00000190dc 04041105", FrameBadStructureLength, 8},
		"half a host address":              {connectResponse, "0300 08017f00", FrameTruncatedBody, end},
		"no host address":                  {connectResponse, "0300", FrameTruncatedBody, end},
		"data of a tunnel":                 {connectResponse, "0300 08017f00000190dc 03041105", FrameBadStructureLength, 16},
		"data of nothing":                  {connectResponse, "0300 08017f00000190dc 0103", FrameBadStructureLength, 16},
		"no data":                          {connectResponse, "0300 08017f00000190dc 0404", FrameTruncatedBody, end},
		"description block":                {descriptionResponse, "0801 0000", FrameBadStructureLength, 6},
		"second description block":         {searchResponseExt, "08017f0000010e57 0402 0102 0108", FrameBadStructureLength, 18},
		"extended information":             {descriptionResponse, "0402 0102 0208", FrameBadStructureLength, 10},
		"feature without a number":         {featureResponse, "04030000", FrameTruncatedBody, end},
		"state of the bus without a value": {featureResponse, "04030000 0300", FrameTruncatedBody, end},
		"lost message without anything":    {routingLostMessage, "", FrameTruncatedBody, end},
		"busy of four octets":              {routingBusy, "04000064", FrameBadStructureLength, 6},
		"busy without its control field":   {routingBusy, "06000064", FrameTruncatedBody, end},
		"session without a number":         {sessionResponse, "00", FrameTruncatedBody, end},
		"session without a key":            {sessionResponse, "0001" + strings.Repeat("11", 47), FrameTruncatedBody, end},
		"wrapper that is cut":              {secureWrapper, strings.Repeat("00", 31), FrameTruncatedBody, end},
	} {
		frame := frameOf(t, c.service, c.body)
		_, err := ParseResponse(frame)
		assert.ErrorIs(t, err, c.want, name)
		var fault *core.FrameError
		require.ErrorAs(t, err, &fault, name)
		if c.offset == end {
			c.offset = len(frame)
		}
		assert.Equal(t, c.offset, fault.Offset, name)
	}
}

// TestShortest: the shortest frame of a service is one.
func TestShortest(t *testing.T) {
	for name, c := range map[string]struct {
		service Service
		body    string
		want    core.Status
	}{
		"a header alone":             {0x0777, "", Service(0x0777).Status()},
		"a refusal":                  {connectResponse, "0024", ENoMoreConnections.Status()},
		"data without a tunnel":      {connectResponse, "0300 08017f00000190dc 0203", ENoError.Status()},
		"a block of two octets":      {descriptionResponse, "0207 0408 0100", MediumStatus(1).Status()},
		"the same behind an address": {searchResponseExt, "08017f0000010e57 0207 0408 0100", MediumStatus(1).Status()},
		"a wrapper":                  {secureWrapper, strings.Repeat("00", 32), SecureWrapper.Status()},
	} {
		frame := frameOf(t, c.service, c.body)
		got, err := AppendStatuses(nil, frame)
		require.NoError(t, err, name)
		assert.Equal(t, []core.Status{c.want}, got, name)
		advance, token, err := ScanFrames(frame, false)
		require.NoError(t, err, name)
		assert.Equal(t, len(frame), advance, name)
		assert.Equal(t, frame, token, name)
	}
	_, err := ParseResponse(frameOf(t, descriptionResponse, "0402 0102"))
	assert.ErrorIs(t, err, core.ErrNotResponse, "no block tells about the bus")
	_, err = ParseResponse(frameOf(t, sessionResponse, "0001"+strings.Repeat("11", 48)))
	assert.ErrorIs(t, err, core.ErrNotResponse, "a step of the handshake")
}
