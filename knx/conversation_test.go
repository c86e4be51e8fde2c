package knx

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	require.NoError(t, err)
	return data
}

// frameOf puts a header in front of a body.
func frameOf(t testing.TB, service Service, body string) []byte {
	t.Helper()
	rest := unhex(t, body)
	frame := []byte{0x06, 0x10, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(frame[2:], uint16(service))
	binary.BigEndian.PutUint16(frame[4:], uint16(6+len(rest)))
	return append(frame, rest...)
}

// tunnel is a conversation with an open channel 3 over UDP, tunnel address 1.1.5.
func tunnel(t testing.TB) *Conversation {
	t.Helper()
	c := new(Conversation)
	c.Sent(frameOf(t, connectRequest, "08017f000001d001 08017f000001d001 04040200"))
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1, Open: true}, c.Exchange())
	_, err := c.Received(nil, frameOf(t, connectResponse, "0300 08017f00000190dc 04041105"))
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	return c
}

func received(t testing.TB, c *Conversation, service Service, body string) (core.Status, error) {
	t.Helper()
	got, err := c.Received(nil, frameOf(t, service, body))
	if err != nil {
		assert.Empty(t, got)
		return core.Status{}, err
	}
	require.Len(t, got, 1)
	return got[0], nil
}

// TestExchangeStages: a connected read is awaited until the device has answered.
func TestExchangeStages(t *testing.T) {
	c := tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100b0600000114d 05 47d500ff1001"))
	read := core.Exchange{Op: core.Read, ID: 2, Open: true}
	assert.Equal(t, read, c.Exchange())
	for _, step := range []struct {
		service Service
		body    string
		want    core.Status
	}{
		{tunnellingAck, "04030000", AckENoError.Status()},
		{tunnellingRequest, "04030000 2e00b0601105114d 05 47d500ff1001", ConfirmNoError.Status()},
		{tunnellingRequest, "04030100 2900b060114d1105 00 c6", TPCI(0xC6).Status()},
	} {
		s, err := received(t, c, step.service, step.body)
		require.NoError(t, err)
		assert.Equal(t, step.want, s)
		assert.Equal(t, read, c.Exchange())
	}
	c.Sent(frameOf(t, tunnellingAck, "04030100"))
	assert.Equal(t, core.Exchange{}, c.Exchange(), "an acknowledgement asks for nothing")

	s, err := received(t, c, tunnellingRequest, "04030200 2900b060114d1105 06 47d600ff100105")
	require.NoError(t, err)
	assert.Equal(t, ReturnESuccess.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2}, c.Exchange())
}

// TestRepeatedRequest: what a client sends again is the same request, also
// while the first answer is on its way.
func TestRepeatedRequest(t *testing.T) {
	c := new(Conversation)
	connect := frameOf(t, connectRequest, "08017f000001d001 08017f000001d001 04040200")
	c.Sent(connect)
	c.Sent(connect)
	assert.EqualValues(t, 1, c.Exchange().ID)
	_, err := received(t, c, connectResponse, "0024")
	require.NoError(t, err)
	c.Sent(connect)
	assert.EqualValues(t, 2, c.Exchange().ID, "after a refusal it is another attempt")
	_, err = received(t, c, connectResponse, "0300 08017f00000190dc 04041105")
	require.NoError(t, err)

	write := frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0081")
	c.Sent(write)
	_, err = received(t, c, tunnellingAck, "04030000")
	require.NoError(t, err)
	c.Sent(write)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 3, Open: true}, c.Exchange())
	c.Sent(frameOf(t, tunnellingRequest, "04030100 1100bce000000a03 01 0081"))
	assert.EqualValues(t, 4, c.Exchange().ID, "the next sequence counter is the next request")
}

// TestReopenedChannel: a new channel with an old number starts counting again.
func TestReopenedChannel(t *testing.T) {
	c := tunnel(t)
	_, err := received(t, c, tunnellingRequest, "04030000 2900bce011070a03 01 0081")
	assert.ErrorIs(t, err, core.ErrNotResponse)
	_, err = received(t, c, disconnectRequest, "0300 08017f0000010e57")
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{}, c.Exchange())

	c.Sent(frameOf(t, connectRequest, "08017f000001d002 08017f000001d002 04040200"))
	_, err = received(t, c, connectResponse, "0300 08017f00000190dc 04041105")
	require.NoError(t, err)
	_, err = received(t, c, tunnellingRequest, "04030000 2900bce011070a03 01 0081")
	assert.ErrorIs(t, err, core.ErrNotResponse)
	_, err = received(t, c, tunnellingRequest, "04030100 2900bce011070a03 01 0081")
	assert.ErrorIs(t, err, core.ErrNotResponse)
	_, err = received(t, c, tunnellingRequest, "04030300 2900bce011070a03 01 0081")
	assert.ErrorIs(t, err, FrameSequenceGap)
	_, err = received(t, c, tunnellingRequest, "04030400 2900bce011070a03 01 0081")
	assert.ErrorIs(t, err, core.ErrNotResponse, "a gap is reported once")
}

// TestNegativeConfirmation ends an exchange, whatever else it waited for.
func TestNegativeConfirmation(t *testing.T) {
	c := tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0000"))
	s, err := received(t, c, tunnellingRequest, "04030000 2e00bde011050a03 01 0000")
	require.NoError(t, err)
	assert.Equal(t, ConfirmError.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2}, c.Exchange())
	_, err = received(t, c, tunnellingRequest, "04030100 2900bce011070a03 01 0041")
	assert.ErrorIs(t, err, core.ErrNotResponse, "nothing is awaited any more")
}

// TestBusComesBack: a device is missing again when the bus is there again.
func TestBusComesBack(t *testing.T) {
	c := tunnel(t)
	telegram := func(n string) (core.Status, error) {
		c.Sent(frameOf(t, tunnellingRequest, "0403"+n+"00 1100b0600000114d 00 80"))
		return received(t, c, tunnellingRequest, "0403"+n+"00 2e00b1601105114d 00 80")
	}
	s, err := telegram("00")
	require.NoError(t, err)
	assert.Equal(t, core.KNXDeviceNotExist, s.Code(core.Connect))

	c.Sent(frameOf(t, featureGet, "04030100 0300"))
	_, err = received(t, c, featureResponse, "04030100 0300 00")
	require.NoError(t, err)
	s, err = telegram("02")
	require.NoError(t, err)
	assert.Equal(t, core.PluginNotConnected, s.Code(core.Connect))

	_, err = received(t, c, featureInfo, "04030300 0300 01")
	require.NoError(t, err)
	s, err = telegram("04")
	require.NoError(t, err)
	assert.Equal(t, core.KNXDeviceNotExist, s.Code(core.Connect))
}

// TestTransportControl of a device that nobody talks to is not for us.
func TestTransportControl(t *testing.T) {
	c := tunnel(t)
	_, err := received(t, c, tunnellingRequest, "04030000 2900b06012011105 00 81")
	assert.ErrorIs(t, err, core.ErrNotResponse)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100b06000001201 00 80"))
	s, err := received(t, c, tunnellingRequest, "04030100 2900b06012011105 00 81")
	require.NoError(t, err)
	assert.Equal(t, TDisconnect.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 2}, c.Exchange())
	_, err = received(t, c, tunnellingRequest, "04030200 2900b06012011105 00 c2")
	assert.ErrorIs(t, err, core.ErrNotResponse, "no data was sent")
}

// TestUnrequestedRefusal: an answer to our own address is ours, even when its
// request has left the memory of the conversation.
func TestUnrequestedRefusal(t *testing.T) {
	c := tunnel(t)
	s, err := received(t, c, tunnellingRequest, "04030000 2900bc6012011105 0a 01cd00000010ff000001fd")
	require.NoError(t, err)
	assert.Equal(t, ReturnEAddressVoid.Status(), s)
	assert.Equal(t, core.Exchange{}, c.Exchange())
	_, err = received(t, c, tunnellingRequest, "04030100 2900bc6012011106 0a 01cd00000010ff000001fd")
	assert.ErrorIs(t, err, core.ErrNotResponse, "the answer to another client")
}

// TestManyRequests: what a conversation keeps has an upper bound.
func TestManyRequests(t *testing.T) {
	c := tunnel(t)
	for i := range 1000 {
		frame := frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0081")
		frame[8] = uint8(i)
		c.Sent(frame)
		assert.EqualValues(t, 2+i, c.Exchange().ID)
	}
	_, err := received(t, c, tunnellingAck, "0403e700")
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 1001, Open: true}, c.Exchange())
}

func TestDataEndpoint(t *testing.T) {
	c := tunnel(t)
	endpoint, ok := c.DataEndpoint()
	assert.True(t, ok)
	assert.Equal(t, netip.MustParseAddrPort("127.0.0.1:37084"), endpoint)

	_, err := received(t, c, connectResponse, "0024")
	require.NoError(t, err)
	_, ok = c.DataEndpoint()
	assert.True(t, ok, "a refusal changes nothing")
	for _, open := range []string{"0000 0801000000000000", "0000 080100000000d001", "0000 08017f0000010000", "0000 08020a000001d001"} {
		var c Conversation
		_, err = received(t, &c, connectResponse, open+"04041105")
		require.NoError(t, err)
		_, ok = c.DataEndpoint()
		assert.False(t, ok, open)
	}

	var lone Conversation
	_, err = received(t, &lone, connectResponse, "0300 08017f00000190dc 0203")
	require.NoError(t, err)
	_, ok = lone.DataEndpoint()
	assert.True(t, ok, "known although the request was not seen")
}

// TestLone: as long as nothing was sent, every frame counts.
func TestLone(t *testing.T) {
	for _, s := range stanzas(t) {
		for _, f := range s.Frames {
			var c Conversation
			got, err := c.Received(nil, f.Data)
			want, wantErr := AppendStatuses(nil, f.Data)
			assert.Equal(t, want, got)
			assert.Equal(t, wantErr, err)
			assert.Equal(t, core.Exchange{}, c.Exchange())
			if f.Sent {
				assert.NotPanics(t, func() { c.Sent(f.Data) })
			}
		}
	}
}

// TestRequestsAreNoResponses: what a client sends gives no status, except the
// acknowledgements, which go both ways.
func TestRequestsAreNoResponses(t *testing.T) {
	for _, s := range stanzas(t) {
		for _, f := range s.Frames {
			if f.Sent && s.Name != "a telegram that is cut off is refused" && f.Data[1] == headerVersion {
				_, err := AppendStatuses(nil, f.Data)
				assert.Contains(t, []error{nil, core.ErrNotResponse}, err, s.Name)
			}
		}
	}
}

func TestSentIgnoresGarbage(t *testing.T) {
	c := tunnel(t)
	for _, frame := range [][]byte{nil, {}, {6}, []byte("GET / HTTP/1.1\r\n"), make([]byte, 70000), frameOf(t, 0x0777, ""), frameOf(t, secureWrapper, "00")} {
		c.Sent(frame)
		assert.Equal(t, core.Exchange{}, c.Exchange())
	}
}

func TestSecureFramesOfASession(t *testing.T) {
	var c Conversation
	wrapper := "0001" + strings.Repeat("00", 12) + strings.Repeat("22", 8) + strings.Repeat("33", 16)
	c.Sent(frameOf(t, sessionRequest, "0802000000000000"+strings.Repeat("11", 32)))
	_, err := received(t, &c, sessionResponse, "0001"+strings.Repeat("11", 48))
	assert.ErrorIs(t, err, core.ErrNotResponse)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	_, err = received(t, &c, secureWrapper, wrapper)
	assert.ErrorIs(t, err, core.ErrNotResponse, "the driver decrypts it")
	c.Sent(frameOf(t, sessionAuthenticate, "0002"+strings.Repeat("44", 16)))
	_, err = received(t, &c, sessionStatus, "0400")
	assert.ErrorIs(t, err, core.ErrNotResponse, "a keep-alive")
	assert.Zero(t, c.Exchange().ID)
	s, err := received(t, &c, sessionStatus, "0100")
	require.NoError(t, err)
	assert.Equal(t, SessionStatusAuthenticationFailed.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 2}, c.Exchange())
}

// TestSilence walks through the stages of requests: what silence means depends
// on how far they came.
func TestSilence(t *testing.T) {
	silence := func(c *Conversation, id uint64) core.Code {
		event, ok := c.Silence(id)
		if !ok {
			return core.OK
		}
		return event.Status().Code(core.Read)
	}
	step := func(c *Conversation, service Service, body string, want Event) {
		t.Helper()
		if service == tunnellingAck || service == tunnellingRequest {
			_, err := received(t, c, service, body)
			require.NoError(t, err)
		}
		event, ok := c.Silence(c.Exchange().ID)
		assert.Equal(t, want != 0, ok)
		assert.Equal(t, want, event)
	}

	c := tunnel(t)
	assert.Equal(t, core.OK, silence(c, 1), "connected")
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0000"))
	step(c, 0, "", TunnelAckTimeout)
	step(c, tunnellingAck, "04030000", ConfirmTimeout)
	step(c, tunnellingRequest, "04030000 2e00bce011050a03 01 0000", GroupReadTimeout)
	step(c, tunnellingRequest, "04030100 2900bce011070a03 01 0041", 0)

	c = tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100b0600000114d 00 80"))
	step(c, tunnellingRequest, "04030000 2e00b0601105114d 00 80", 0)
	descriptor := "b060{src}114d 01 4300"
	c.Sent(frameOf(t, tunnellingRequest, "04030100 1100"+strings.ReplaceAll(descriptor, "{src}", "0000")))
	step(c, 0, "", TunnelAckTimeout)
	step(c, tunnellingRequest, "04030100 2e00"+strings.ReplaceAll(descriptor, "{src}", "1105"), PresenceCheckTimeout)
	assert.Equal(t, core.KNXDeviceNotExist, silence(c, c.Exchange().ID))
	step(c, tunnellingRequest, "04030200 2900b060114d1105 00 c2", ResponseTimeout)
	step(c, tunnellingRequest, "04030300 2900b060114d1105 03 434007b0", 0)
	c.Sent(frameOf(t, tunnellingRequest, "04030200 1100b0600000114d 01 4700"))
	step(c, tunnellingRequest, "04030400 2e00b0601105114d 01 4700", TransportAckTimeout)

	for _, request := range []struct {
		service Service
		body    string
		want    Event
	}{
		{searchRequest, "08017f000001d001", SearchTimeout},
		{searchRequestExt, "08017f000001d001", SearchTimeout},
		{descriptionRequest, "08017f000001d001", DescriptionTimeout},
		{connectRequest, "08017f000001d001 08017f000001d001 04040200", ConnectTimeout},
		{sessionRequest, "08017f000001d001" + strings.Repeat("11", 32), ConnectTimeout},
		{connectionStateRequest, "0300 08017f000001d001", HeartbeatFailed},
		{disconnectRequest, "0300 08017f000001d001", DisconnectTimeout},
		{configurationRequest, "04030000 fc000b01341001", ConfigAckTimeout},
		{featureGet, "04030000 0300", TunnelAckTimeout},
		{routingIndication, "2900bce011050a03 01 0000", GroupReadTimeout},
		{routingIndication, "2900bce011050a03 01 0081", 0},
	} {
		var c Conversation
		c.Sent(frameOf(t, request.service, request.body))
		step(&c, 0, "", request.want)
	}
	assert.Equal(t, core.OK, silence(new(Conversation), 0))
	assert.Equal(t, core.OK, silence(c, 99))
}

// TestRefusedRequestAgain: after a refusal the same request is another attempt,
// whose refusal must not be taken for a repetition.
func TestRefusedRequestAgain(t *testing.T) {
	c := tunnel(t)
	for id := uint64(2); id < 5; id++ {
		c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0081"))
		s, err := received(t, c, tunnellingAck, "04030029")
		require.NoError(t, err)
		assert.Equal(t, AckETunnellingLayer.Status(), s)
		assert.Equal(t, core.Exchange{Op: core.Write, ID: id}, c.Exchange())
	}
}

// TestChannelEnds: a channel that is over answers the newest open request on
// it, and nothing is awaited from it any more.
func TestChannelEnds(t *testing.T) {
	c := tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0000"))
	first := c.Exchange().ID
	_, err := received(t, c, tunnellingAck, "04030000")
	require.NoError(t, err)
	c.Sent(frameOf(t, tunnellingRequest, "04030100 1100bce000000a03 01 0081"))
	second := c.Exchange().ID
	s, err := received(t, c, disconnectRequest, "0300 08017f0000010e57")
	require.NoError(t, err)
	assert.Equal(t, DisconnectRequest.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: second}, c.Exchange())
	for _, id := range []uint64{first, second} {
		_, open := c.Silence(id)
		assert.False(t, open, "request %d", id)
	}

	c = tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0000"))
	first = c.Exchange().ID
	c.Sent(frameOf(t, disconnectRequest, "0300 08017f000001d001"))
	end := c.Exchange().ID
	_, err = received(t, c, disconnectResponse, "0300")
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{ID: end}, c.Exchange())
	_, open := c.Silence(first)
	assert.False(t, open, "the client has closed the channel")
}

// TestForeignChannels: frames of a channel that is not ours are for somebody
// else, as long as one is ours.
func TestForeignChannels(t *testing.T) {
	refused := EConnectionID.Status()
	var c Conversation
	c.Sent(frameOf(t, searchRequest, "08017f000001d001"))
	c.Sent(frameOf(t, disconnectResponse, "0700")) // an answer makes no channel ours
	s, err := received(t, &c, connectionStateResponse, "0821")
	require.NoError(t, err)
	assert.Equal(t, refused, s, "none is ours")

	c.Sent(frameOf(t, tunnellingRequest, "04050000 1100bce000000a03 01 0081"))
	_, err = received(t, &c, connectionStateResponse, "0821")
	assert.ErrorIs(t, err, core.ErrNotResponse, "we send on channel 5")
	s, err = received(t, &c, connectionStateResponse, "0521")
	require.NoError(t, err)
	assert.Equal(t, refused, s)

	_, err = received(t, &c, disconnectRequest, "0500 08017f0000010e57")
	require.NoError(t, err)
	s, err = received(t, &c, connectionStateResponse, "0821")
	require.NoError(t, err)
	assert.Equal(t, refused, s, "none is ours any more")
}

// TestSequenceCounters: what they say about a frame stands at their octet.
func TestSequenceCounters(t *testing.T) {
	c := tunnel(t)
	c.Sent(frameOf(t, tunnellingRequest, "04030000 1100bce000000a03 01 0081"))
	for body, service := range map[string]Service{"04030700": tunnellingAck, "04030700 2900bce011070a03 01 0081": tunnellingRequest} {
		_, err := received(t, c, service, body)
		assert.ErrorIs(t, err, core.PluginMessageDisorder)
		var fault *core.FrameError
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, 8, fault.Offset)
	}
}

// TestFeatures: an answer belongs to the request for the same feature on the
// same channel.
func TestFeatures(t *testing.T) {
	c := tunnel(t)
	c.Sent(frameOf(t, featureGet, "04030000 0300"))
	get := c.Exchange()
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2, Open: true}, get)
	c.Sent(frameOf(t, featureSet, "04030100 0800 01"))
	set := c.Exchange()
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 3, Open: true}, set)
	c.Sent(frameOf(t, featureGet, "04050000 0300")) // on another channel
	c.Sent(frameOf(t, featureGet, "04030200"))      // of nothing
	c.Sent(frameOf(t, featureGet, "04030300 0600"))
	for _, answer := range []struct {
		body string
		want core.Exchange
	}{
		{"04030000 0300 01", core.Exchange{Op: core.Read, ID: get.ID}},
		{"04030100 0800 01", core.Exchange{Op: core.Write, ID: set.ID}},
	} {
		_, err := received(t, c, featureResponse, answer.body)
		require.NoError(t, err)
		assert.Equal(t, answer.want, c.Exchange())
	}
	_, err := received(t, c, featureResponse, "04030200 0300 01")
	assert.ErrorIs(t, err, core.ErrNotResponse, "it has been answered")
}

// TestManagement: a confirmation belongs to the request of its kind for the same
// property on the same channel.
func TestManagement(t *testing.T) {
	const property, other = "000b0134", "000b0135"
	for _, request := range []struct{ code, confirm, rest, answer string }{
		{"fc", "fb", "1001", "100107"},
		{"f6", "f5", "100107", "1001"},
		{"f8", "fa", "0000", "00"},
		{"f9", "fa", "0000", "00"},
	} {
		c := new(Conversation)
		c.Sent(frameOf(t, configurationRequest, "04030000"+request.code+property+request.rest))
		sent := c.Exchange()
		_, err := received(t, c, configurationAck, "04030000")
		require.NoError(t, err)
		for sequence, wrong := range []string{"fb" + property + "100107", "f5" + property + "1001", "fa" + property + "00", request.confirm + other + request.answer} {
			if strings.HasPrefix(wrong, request.confirm+property) {
				continue
			}
			_, err = received(t, c, configurationRequest, "0403"+fmt.Sprintf("%02x", sequence)+"00"+wrong)
			assert.ErrorIs(t, err, core.ErrNotResponse, "%s for %s", wrong, request.code)
			_, open := c.Silence(sent.ID)
			assert.True(t, open)
		}
		c.Sent(frameOf(t, configurationRequest, "04050000"+request.code+property+request.rest)) // on another channel
		_, err = received(t, c, configurationRequest, "04030400"+request.confirm+property+request.answer)
		require.NoError(t, err)
		assert.Equal(t, core.Exchange{Op: sent.Op, ID: sent.ID}, c.Exchange())
		_, err = received(t, c, configurationRequest, "04030500"+request.confirm+property+request.answer)
		assert.ErrorIs(t, err, core.ErrNotResponse, "it has been confirmed")
	}
}

// TestSearches: an answer without a status ends its request too, and no other.
func TestSearches(t *testing.T) {
	const here, block, identity = "08017f000001d001", "0408 0100", "0402 0102"
	var c Conversation
	for _, request := range []struct {
		service, answer Service
		body            string
	}{
		{searchRequest, searchResponse, here + identity},
		{searchRequest, searchResponseExt, here + block},
		{searchRequestExt, searchResponseExt, here + identity},
		{descriptionRequest, descriptionResponse, identity},
		{descriptionRequest, descriptionResponse, block},
	} {
		c.Sent(frameOf(t, request.service, here))
		sent := c.Exchange()
		other := searchResponse
		if request.service != descriptionRequest {
			other = descriptionResponse
		}
		_, err := received(t, &c, other, here)
		assert.Error(t, err)
		_, open := c.Silence(sent.ID)
		assert.True(t, open, "the answer to another request")

		_, err = c.Received(nil, frameOf(t, request.answer, request.body))
		if err != nil {
			assert.ErrorIs(t, err, core.ErrNotResponse, "no status")
		}
		assert.Equal(t, core.Exchange{ID: sent.ID}, c.Exchange())
		_, open = c.Silence(sent.ID)
		assert.False(t, open)
	}
}

// TestRouters: what a router says is about the telegram that was sent last.
func TestRouters(t *testing.T) {
	var c Conversation
	c.Sent(frameOf(t, routingIndication, "2900bce000000a03 01 0081"))
	c.Sent(frameOf(t, searchRequest, "08017f000001d001"))
	for service, body := range map[Service]string{routingBusy: "060000640000", routingLostMessage: "04000001"} {
		_, err := received(t, &c, service, body)
		require.NoError(t, err)
		assert.Equal(t, core.Exchange{Op: core.Write, ID: 1}, c.Exchange())
	}
}

// TestRefusedSession: a session number of 0 is the answer to the newest request.
func TestRefusedSession(t *testing.T) {
	var c Conversation
	c.Sent(frameOf(t, sessionRequest, "0802000000000000"+strings.Repeat("11", 32)))
	c.Sent(frameOf(t, searchRequest, "08017f000001d001"))
	s, err := received(t, &c, sessionResponse, "0000")
	require.NoError(t, err)
	assert.Equal(t, SessionResponseRefused.Status(), s)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	_, open := c.Silence(1)
	assert.False(t, open)
}

// TestUnrequestedSuccess: what answers no request of ours is no success of ours,
// while a failure is worth knowing.
func TestUnrequestedSuccess(t *testing.T) {
	for _, frame := range []string{
		"061002060014010008017f0000010e5704041101", "0610020800080100", "0610020a00080100", "0610031100 0a 04 01 00 00", "06100423000d 04010000 030001",
	} {
		var c Conversation
		c.Sent(unhex(t, "0610042200 0c 04 01 00 00 0100"))
		_, err := c.Received(nil, unhex(t, frame))
		assert.ErrorIs(t, err, core.ErrNotResponse, frame)
		assert.Zero(t, c.Exchange().ID, frame)
	}
	var c Conversation
	c.Sent(unhex(t, "0610042200 0c 04 01 00 00 0100"))
	got, err := c.Received(nil, unhex(t, "0610020800080121"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{EConnectionID.Status()}, got)
}
