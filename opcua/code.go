package opcua

import "github.com/gopcua/opcua/ua"

// The codes that this package gives by itself. gopcua's are variables, which
// would cost work at the start of every program.
const (
	good                            ua.StatusCode = 0x00000000
	badUnexpectedError              ua.StatusCode = 0x80010000
	badEncodingError                ua.StatusCode = 0x80060000
	badDecodingError                ua.StatusCode = 0x80070000
	badEncodingLimitsExceeded       ua.StatusCode = 0x80080000
	badUnknownResponse              ua.StatusCode = 0x80090000
	badTimeout                      ua.StatusCode = 0x800A0000
	badServiceUnsupported           ua.StatusCode = 0x800B0000
	badServerNotConnected           ua.StatusCode = 0x800D0000
	badDataTypeIDUnknown            ua.StatusCode = 0x80110000
	badCertificateInvalid           ua.StatusCode = 0x80120000
	badSecurityChecksFailed         ua.StatusCode = 0x80130000
	badNonceInvalid                 ua.StatusCode = 0x80240000
	badSubscriptionIDInvalid        ua.StatusCode = 0x80280000
	badNodeIDInvalid                ua.StatusCode = 0x80330000
	badNotFound                     ua.StatusCode = 0x803E0000
	badMonitoredItemIDInvalid       ua.StatusCode = 0x80420000
	badSecurityModeRejected         ua.StatusCode = 0x80540000
	badSecurityPolicyRejected       ua.StatusCode = 0x80550000
	badTCPEndpointURLInvalid        ua.StatusCode = 0x80830000
	badSecureChannelClosed          ua.StatusCode = 0x80860000
	badConnectionClosed             ua.StatusCode = 0x80AE0000
	badInvalidState                 ua.StatusCode = 0x80AF0000
	badRequestTooLarge              ua.StatusCode = 0x80B80000
	badResponseTooLarge             ua.StatusCode = 0x80B90000
	badCertificatePolicyCheckFailed ua.StatusCode = 0x81140000
)
