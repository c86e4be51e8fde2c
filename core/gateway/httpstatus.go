package gateway

import "github.com/fieldstatus/fieldstatus/core"

// Neuron answers every number from 10000 to 20000 with 200: the block is
// reserved for drivers, whose codes its core does not know one by one.
const firstDriverCode, lastDriverCode core.Code = 10000, 20000

// HTTPStatus returns the HTTP status with which the gateway answers a request
// that ended in code. ok is false for codes that are missing in the gateway's
// table: codes of NeuronEX's own layers (20001 and up), codes that only appear
// inside the items of a read (3008, 3015, 3018), and numbers outside the
// catalogue.
//
// The numbers below are those of neu_http_response in src/utils/http.c of
// Neuron 2.15, as far as they are documented codes, in its order.
func HTTPStatus(code core.Code) (status int, ok bool) {
	if firstDriverCode <= code && code <= lastDriverCode {
		return 200, true
	}
	switch code {
	case 0,
		2005, 2101, 2402, 2403, 2404, 2406,
		3000, 3001, 3003, 3004, 3009, 3010, 3011, 3012,
		4100, 4103:
		return 200, true
	case 1002, 1003, 1012, 1013, 1015, 1016, 1018,
		2004, 2010, 2012, 2013, 2014, 2015,
		2105, 2107, 2108,
		2203, 2204, 2205, 2206, 2207, 2208, 2209,
		2302, 2304, 2305, 2308, 2310, 2312, 2313, 2314, 2315, 2316, 2317,
		2401, 2405, 2407, 2408,
		2502,
		3002, 3007, 3013, 3016:
		return 400, true
	case 1004, 1005, 1009:
		return 401, true
	case 1006, 1007, 1008:
		return 403, true
	case 1011, 1014,
		2003, 2102, 2106, 2201, 2301, 2400, 2409, 2501,
		3014, 3017,
		4101, 4102:
		return 404, true
	case 2002, 2006, 2007, 2008, 2009, 2011,
		2103, 2104, 2202,
		2303, 2306, 2307, 2309, 2311,
		2500:
		return 409, true
	case 1001, 1010:
		return 500, true
	}
	return 0, false
}

// ForWrite returns the code with which a write may be answered: code itself
// when [HTTPStatus] has a status for it, else 3001.
//
// By its source, Neuron ends in an assertion that is live in release builds
// when a write requested over HTTP is answered with a number outside its
// table. A device that stays silent on a write is the everyday case: 3015 is
// such a number. Reads never pass through that table and keep every code.
func ForWrite(code core.Code) core.Code {
	if _, ok := HTTPStatus(code); ok {
		return code
	}
	return core.PluginWriteFailed
}
