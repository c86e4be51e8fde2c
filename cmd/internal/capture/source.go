package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// ErrFormat says that the input is no capture.
var ErrFormat = errors.New("neither a pcap nor a pcapng capture")

// A source hands out the raw packets of a file, with their link type.
type source interface {
	next() (data []byte, info gopacket.CaptureInfo, link layers.LinkType, err error)
}

// newSource looks at the first bytes and returns the reader for them.
func newSource(r io.Reader) (source, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	magic, err := br.Peek(4)
	if len(magic) == 0 {
		if err != io.EOF {
			return nil, err
		}
		return nil, fmt.Errorf("the input is empty: %w", ErrFormat)
	}
	if bytes.HasPrefix(magic, []byte{0x1F, 0x8B}) {
		unzipped, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		br = bufio.NewReaderSize(unzipped, 1<<16)
		if magic, err = br.Peek(4); len(magic) == 0 {
			return nil, fmt.Errorf("gzip: %w", err)
		}
	}
	if len(magic) < 4 {
		return nil, ErrFormat
	}
	switch binary.BigEndian.Uint32(magic) {
	case 0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D, 0x4D3CB2A1:
		pcap, err := pcapgo.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("pcap header: %w", err)
		}
		return pcapSource{pcap}, nil
	case 0x0A0D0D0A:
		pcapng, err := pcapgo.NewNgReader(br, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
		if err != nil {
			return nil, fmt.Errorf("pcapng header: %w", err)
		}
		return pcapngSource{pcapng}, nil
	}
	return nil, ErrFormat
}

type pcapSource struct{ *pcapgo.Reader }

func (s pcapSource) next() ([]byte, gopacket.CaptureInfo, layers.LinkType, error) {
	data, info, err := s.ZeroCopyReadPacketData()
	if err == io.EOF && info.CaptureLength > 0 {
		err = io.ErrUnexpectedEOF // the header of a packet came, and no packet
	}
	return data, info, s.LinkType(), err
}

type pcapngSource struct{ *pcapgo.NgReader }

func (s pcapngSource) next() ([]byte, gopacket.CaptureInfo, layers.LinkType, error) {
	data, info, err := s.ZeroCopyReadPacketData()
	var link layers.LinkType
	if len(info.AncillaryData) > 0 {
		link, _ = info.AncillaryData[0].(layers.LinkType)
	}
	return data, info, link, err
}
