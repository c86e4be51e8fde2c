package knx

import "github.com/fieldstatus/fieldstatus/core"

// Application services by their APCI, without the six bits of data that some
// of them carry.
const (
	groupValueRead           = 0x000
	groupValueResponse       = 0x040
	groupValueWrite          = 0x080
	individualAddressWrite   = 0x0C0
	individualAddressRead    = 0x100
	individualAddressAnswer  = 0x140
	adcRead                  = 0x180
	adcResponse              = 0x1C0
	systemParameterRead      = 0x1C8
	systemParameterAnswer    = 0x1C9
	systemParameterWrite     = 0x1CA
	propertyExtRead          = 0x1CC
	propertyExtResponse      = 0x1CD
	propertyExtWriteCon      = 0x1CE
	propertyExtWriteAnswer   = 0x1CF
	propertyExtWriteUncon    = 0x1D0
	propertyExtDescription   = 0x1D2
	propertyExtDescribed     = 0x1D3
	functionExtCommand       = 0x1D4
	functionExtState         = 0x1D5
	functionExtAnswer        = 0x1D6
	memoryExtWrite           = 0x1FB
	memoryExtWriteAnswer     = 0x1FC
	memoryExtRead            = 0x1FD
	memoryExtReadAnswer      = 0x1FE
	memoryRead               = 0x200
	memoryResponse           = 0x240
	memoryWrite              = 0x280
	userMemoryRead           = 0x2C0
	userMemoryResponse       = 0x2C1
	userMemoryWrite          = 0x2C2
	userManufacturerRead     = 0x2C5
	userManufacturerAnswer   = 0x2C6
	functionCommand          = 0x2C7
	functionState            = 0x2C8
	functionAnswer           = 0x2C9
	deviceDescriptorRead     = 0x300
	deviceDescriptorResponse = 0x340
	restart                  = 0x380
	masterReset              = 0x381
	restartResponse          = 0x3A1
	authorizeRequest         = 0x3D1
	authorizeResponse        = 0x3D2
	keyWrite                 = 0x3D3
	keyResponse              = 0x3D4
	propertyRead             = 0x3D5
	propertyResponse         = 0x3D6
	propertyWrite            = 0x3D7
	propertyDescription      = 0x3D8
	propertyDescribed        = 0x3D9
	networkParameterRead     = 0x3DA
	networkParameterAnswer   = 0x3DB
	serialNumberRead         = 0x3DC
	serialNumberAnswer       = 0x3DD
	serialNumberWrite        = 0x3DE
	domainAddressWrite       = 0x3E0
	domainAddressRead        = 0x3E1
	domainAddressAnswer      = 0x3E2
	domainAddressSelective   = 0x3E3
	networkParameterWrite    = 0x3E4
)

// applicationService is an APCI without the bits of it that are data: the lower
// six, where the upper four are the whole service.
func applicationService(apci uint16) uint16 {
	switch apci >> 6 {
	case 0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x8, 0x9, 0xA, 0xC, 0xD:
		return apci &^ 0x3F
	case 0x7: // A_ADC_Response; the rest of its range belongs to newer services
		if apci < systemParameterRead {
			return adcResponse
		}
	}
	return apci
}

// answerStatus returns what an answer of an application says. It is not ok for
// services that answer nothing, and not complete when the data is too short for
// the service.
func answerStatus(apci uint16, data []byte) (s core.Status, complete, ok bool) {
	service := applicationService(apci)
	need := 0 // octets of data that the service has at least
	switch service {
	case groupValueResponse, individualAddressAnswer, systemParameterAnswer, propertyExtDescribed, userManufacturerAnswer,
		deviceDescriptorResponse, authorizeResponse, keyResponse, propertyDescribed, networkParameterAnswer, serialNumberAnswer, domainAddressAnswer:
		return ReturnESuccess.Status(), true, true
	case propertyExtResponse: // object type, instance and property, count, index
		need = 2 + 3 + 1 + 2
		if len(data) >= need && data[5] == 0 {
			need++
		}
	case propertyExtWriteAnswer:
		need = 2 + 3 + 1 + 2 + 1
	case functionExtAnswer:
		need = 2 + 3
	case functionAnswer, memoryResponse:
		need = 2
	case memoryExtWriteAnswer, memoryExtReadAnswer, propertyResponse:
		need = 4
	case userMemoryResponse, adcResponse, restartResponse:
		need = 3
	default:
		return core.Status{}, false, false
	}
	if len(data) < need {
		return core.Status{}, false, true
	}

	count := 1 // of elements, octets or samples; none is a refusal
	switch service {
	case propertyExtResponse:
		if data[5] > 0 {
			break
		}
		if s := ReturnCode(data[8]).Status(); s.Code(core.Other) != core.OK {
			return s, true, true
		}
		count = 0 // a success without an element is none
	case propertyExtWriteAnswer:
		return ReturnCode(data[8]).Status(), true, true
	case functionExtAnswer, functionAnswer:
		if len(data) > need {
			return ReturnCode(data[need]).Status(), true, true
		}
		count = 0 // not a function property
	case memoryExtWriteAnswer, memoryExtReadAnswer:
		return ReturnCode(data[0]).Status(), true, true
	case restartResponse:
		return RestartCode(data[0]).Status(), true, true
	case propertyResponse:
		count = int(data[2] >> 4)
	case memoryResponse:
		count = int(apci & 0x3F)
	case userMemoryResponse:
		count = int(data[0] & 0x0F)
	case adcResponse:
		count = int(data[0])
	}
	if count == 0 {
		return EmptyAnswer(service).Status(), true, true
	}
	return ReturnESuccess.Status(), true, true
}

// requestService returns what an application service attempts and which service
// answers it. With always false the answer comes only sometimes. A service that
// is no request is not ok; an answer 0 means that nobody answers.
func requestService(service uint16) (op core.Op, answer uint16, always, ok bool) {
	switch service {
	case groupValueRead:
		return core.Read, groupValueResponse, true, true
	case individualAddressRead:
		return core.Read, individualAddressAnswer, true, true
	case adcRead:
		return core.Read, adcResponse, true, true
	case systemParameterRead:
		return core.Read, systemParameterAnswer, true, true
	case propertyExtRead:
		return core.Read, propertyExtResponse, true, true
	case propertyExtDescription:
		return core.Read, propertyExtDescribed, true, true
	case functionExtState:
		return core.Read, functionExtAnswer, true, true
	case memoryExtRead:
		return core.Read, memoryExtReadAnswer, true, true
	case memoryRead:
		return core.Read, memoryResponse, true, true
	case userMemoryRead:
		return core.Read, userMemoryResponse, true, true
	case userManufacturerRead:
		return core.Read, userManufacturerAnswer, true, true
	case functionState:
		return core.Read, functionAnswer, true, true
	case deviceDescriptorRead:
		return core.Read, deviceDescriptorResponse, true, true
	case propertyRead:
		return core.Read, propertyResponse, true, true
	case propertyDescription:
		return core.Read, propertyDescribed, true, true
	case networkParameterRead:
		return core.Read, networkParameterAnswer, true, true
	case serialNumberRead:
		return core.Read, serialNumberAnswer, true, true
	case domainAddressRead, domainAddressSelective:
		return core.Read, domainAddressAnswer, true, true
	case authorizeRequest:
		return core.Connect, authorizeResponse, true, true
	case propertyExtWriteCon:
		return core.Write, propertyExtWriteAnswer, true, true
	case functionExtCommand:
		return core.Write, functionExtAnswer, true, true
	case memoryExtWrite:
		return core.Write, memoryExtWriteAnswer, true, true
	case functionCommand:
		return core.Write, functionAnswer, true, true
	case masterReset:
		return core.Write, restartResponse, true, true
	case keyWrite:
		return core.Write, keyResponse, true, true
	case propertyWrite:
		return core.Write, propertyResponse, true, true
	case memoryWrite: // answered in verify mode only
		return core.Write, memoryResponse, false, true
	case userMemoryWrite:
		return core.Write, userMemoryResponse, false, true
	case groupValueWrite, individualAddressWrite, systemParameterWrite, propertyExtWriteUncon, restart,
		serialNumberWrite, domainAddressWrite, networkParameterWrite:
		return core.Write, 0, false, true
	}
	return core.Other, 0, false, false
}

// subject returns the octets that say what a request or its answer is about:
// object and property, or an address. A request and its answer have the same.
func subject(service uint16, data []byte) uint64 {
	from, to := 0, 0
	switch service {
	case propertyRead, propertyResponse, propertyWrite, functionCommand, functionState, functionAnswer, memoryRead, memoryResponse, memoryWrite:
		to = 2
	case propertyDescription, propertyDescribed: // the answer fills in the property
		to = 1
	case propertyExtRead, propertyExtResponse, propertyExtWriteCon, propertyExtWriteAnswer, functionExtCommand, functionExtState, functionExtAnswer:
		to = 5
	case propertyExtDescription, propertyExtDescribed:
		to = 2
	case memoryExtRead, memoryExtReadAnswer, memoryExtWrite, memoryExtWriteAnswer: // behind count or return code
		from, to = 1, 4
	case userMemoryRead, userMemoryResponse, userMemoryWrite:
		from, to = 1, 3
	}
	var s uint64
	for ; from < to && from < len(data); from++ {
		s = s<<8 | uint64(data[from])
	}
	return s
}

// isBroadcast reports whether the answer may come from a device that the
// request did not name.
func isBroadcast(answer uint16) bool {
	switch answer {
	case individualAddressAnswer, systemParameterAnswer, networkParameterAnswer, serialNumberAnswer, domainAddressAnswer:
		return true
	}
	return false
}
