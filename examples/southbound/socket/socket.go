// Package socket exchanges frames with a device, for drivers that speak their
// protocol themselves. Its errors are those of package net: what they mean is
// for the protocol to say.
package socket

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// A Conn is a connection that carries frames. It is used by one goroutine at a
// time.
type Conn struct {
	conn     net.Conn
	split    bufio.SplitFunc
	received []byte // of a frame that is not whole yet
	buf      [1 << 16]byte
}

// Dial connects. split cuts a stream into frames; it is nil where one datagram
// is one frame.
func Dial(ctx context.Context, network, addr string, split bufio.SplitFunc) (*Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &Conn{conn: conn, split: split}, nil
}

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr returns the address of the device.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// Close closes the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// Send sends a frame that nothing is to answer.
func (c *Conn) Send(timeout time.Duration, frame []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(frame)
	return err
}

// Exchange sends a request, and hands the frames that come to answer until that
// is done. It waits until ctx ends, and not longer than timeout.
//
// A connection can be used on behind a deadline, also one that passed inside a
// frame: the rest of it is waited for by the next Exchange.
func (c *Conn) Exchange(ctx context.Context, timeout time.Duration, request []byte, answer func(frame []byte) (done bool, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = c.conn.SetDeadline(time.Unix(1, 0)) // fails when closed, and then nobody waits
		close(interrupted)
	})
	err := c.exchange(request, answer)
	if !stop() {
		<-interrupted // so that it does not meet the next Exchange
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *Conn) exchange(request []byte, answer func(frame []byte) (done bool, err error)) error {
	if _, err := c.conn.Write(request); err != nil {
		return err
	}
	for {
		frame, err := c.receive()
		if err != nil {
			return err
		}
		if done, err := answer(frame); done || err != nil {
			return err
		}
	}
}

// receive returns the next frame. It is valid until the next call.
func (c *Conn) receive() ([]byte, error) {
	if c.split == nil {
		n, err := c.conn.Read(c.buf[:])
		return c.buf[:n], err
	}
	for {
		advance, frame, err := c.split(c.received, false)
		c.received = c.received[advance:]
		switch {
		case frame != nil || err != nil:
			return frame, err
		case advance > 0:
			continue
		}
		n, err := c.conn.Read(c.buf[:])
		c.received = append(c.received, c.buf[:n]...)
		if err == io.EOF && len(c.received) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if n == 0 && err != nil {
			return nil, err
		}
	}
}
