package s7

import (
	"errors"
	"strconv"
	"strings"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
)

// recognizeGos7 recognises the errors of gos7. They are texts: gos7 makes them
// with ErrorText and forgets the number. So the texts are compared with what
// ErrorText answers now, and stay right when gos7 changes them. The few texts
// that gos7 writes elsewhere are rows of the layer gos7-text.
func recognizeGos7(err error) (s core.Status, ok bool) {
	var noise *gos7.S7Error
	if errors.As(err, &noise) { // made from reserved bytes of the TPKT, never a status
		return gos7TextStatus("S7: exception ("), true
	}
	return recognizeTexts(err)
}

// recognizeTexts compares the text of each error in the tree of err: drivers
// wrap what gos7 returns. Trees that never end do not come here: see [core.TranslateFunc].
func recognizeTexts(err error) (s core.Status, ok bool) {
	for err != nil {
		switch e := err.(type) {
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if s, ok := recognizeTexts(err); ok {
					return s, true
				}
			}
			return core.Status{}, false
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		default:
			return recognizeText(err.Error())
		}
	}
	return core.Status{}, false
}

// gos7 numbers that its texts are made from with something added, or that it
// defines otherwise than its relatives.
const (
	gos7OK              = 0
	gos7DataReceive     = -5
	gos7InvalidDataSize = 0x00040000
	errTCPDataReceive   = 0x00000005
)

func recognizeText(text string) (core.Status, bool) {
	switch {
	case text == gos7.ErrorText(gos7OK):
		return gos7TextStatus("OK"), true // the item code 0x00, which is no success
	case isUnknownNumber(text):
		return gos7TextStatus("CLI : Unknown error ("), true
	}
	if length, ok := strings.CutPrefix(text, gos7.ErrorText(gos7InvalidDataSize)+"'"); ok {
		return shortAnswer(strings.CutSuffix(length, "'"))
	}
	if n, ok := numberOf(text); ok {
		return Snap7Status(n), true
	}
	for i := range gos7TextRows() {
		row := &gos7TextRows()[i]
		if front, back, pattern := strings.Cut(row.Symbol, "*"); text == row.Symbol ||
			pattern && strings.HasPrefix(text, front) && strings.HasSuffix(text, back) && len(text) >= len(front)+len(back) ||
			strings.HasSuffix(row.Symbol, "(") && strings.HasPrefix(text, row.Symbol) {
			return core.NewStatus(row, 0), true
		}
	}
	return core.Status{}, false
}

// shortAnswer is the answer to a read that is too short for an item. With 19
// bytes it is a header error whose number gos7 does not look at.
func shortAnswer(length string, ok bool) (core.Status, bool) {
	if _, err := strconv.ParseUint(length, 10, 16); err != nil || !ok {
		return core.Status{}, false
	}
	if length == "19" {
		return gos7TextStatus("ISO : Invalid Buffer passed to Send/Receive'19'"), true
	}
	return gos7TextStatus("ISO : Invalid Buffer passed to Send/Receive'*'"), true
}

// isUnknownNumber reports whether text is what ErrorText answers for a number
// that it does not know.
func isUnknownNumber(text string) bool {
	_, number, _ := strings.Cut(text, "(")
	n, err := strconv.Atoi(strings.TrimSuffix(number, ")"))
	return err == nil && text == gos7.ErrorText(n)
}

// numberOf finds the number whose ErrorText is text.
func numberOf(text string) (int32, bool) {
	if text == gos7.ErrorText(gos7DataReceive) {
		return errTCPDataReceive, true
	}
	for row := range Rows() {
		switch row.Layer {
		case "client-tcp", "client-iso", "client-cli":
			n, err := strconv.ParseInt(row.Value, 0, 32)
			if err == nil && text == gos7.ErrorText(int(n)) {
				return int32(n), true
			}
		}
	}
	return 0, false
}

// gos7TextStatus is the status of a row of the layer gos7-text.
func gos7TextStatus(symbol string) core.Status {
	rows := gos7TextRows()
	for i := range rows {
		if rows[i].Symbol == symbol {
			return core.NewStatus(&rows[i], 0)
		}
	}
	return core.Status{}
}
