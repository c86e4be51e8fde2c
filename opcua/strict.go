package opcua

import "github.com/fieldstatus/fieldstatus/core"

// Strict is for tags whose doubtful values must not be used: it turns an
// Uncertain status, which is a success otherwise, into one with code 3008 that
// asks for the next cycle. All other statuses, and those of other protocols,
// stay as they are. It never allocates.
func Strict(s core.Status) core.Status {
	if s.Quality() != core.Uncertain || s.Protocol() != "opcua" {
		return s
	}
	symbol := s.Symbol()
	for i := range strictRows {
		if strictRows[i].Symbol == symbol {
			return core.NewStatus(&strictRows[i], s.Value())
		}
	}
	return core.NewStatus(&strictRows[0], s.Value())
}

// strictRows are the Uncertain rows of the table as failures. The first one
// answers for codes that the table does not name, too.
var strictRows = [...]core.Row{
	{Protocol: "opcua", Layer: "status", Value: "0x40000000", Symbol: "Uncertain", Meaning: "Value or result doubtful, reason unknown", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x406C0000", Symbol: "UncertainReferenceOutOfServer", Meaning: "Path leads to a node hosted by another server", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x408F0000", Symbol: "UncertainNoCommunicationLastUsableValue", Meaning: "Source link lost; this is the last good value", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Hint: "The server has lost the device behind it: check that device and its cable, not this connection.", Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40900000", Symbol: "UncertainLastUsableValue", Meaning: "Nothing refreshes this value any more; last one shown", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Hint: "The value is old: nothing refreshes it any more.", Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40910000", Symbol: "UncertainSubstituteValue", Meaning: "Value was entered by hand in place of the source", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40920000", Symbol: "UncertainInitialValue", Meaning: "Start-up value, real source has not written yet", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40930000", Symbol: "UncertainSensorNotAccurate", Meaning: "Sensor sits at one of its limits", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40940000", Symbol: "UncertainEngineeringUnitsExceeded", Meaning: "Value lies outside the range defined for this parameter", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40950000", Symbol: "UncertainSubNormal", Meaning: "Too few good sources behind this derived value", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40A40000", Symbol: "UncertainDataSubNormal", Meaning: "Aggregate computed from too few good samples", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40BC0000", Symbol: "UncertainReferenceNotDeleted", Meaning: "Some references to the deleted node could not be removed", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40C00000", Symbol: "UncertainNotAllNodesAvailable", Meaning: "Reference list may be incomplete, underlying system away", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40DE0000", Symbol: "UncertainDominantValueChanged", Meaning: "Engineering unit changed, value still uses the old one", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40E20000", Symbol: "UncertainDependentValueChanged", Meaning: "Dependent change unapplied, dominant value quality doubtful", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40F20000", Symbol: "UncertainOverRange", Meaning: "Value above the permitted range", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x40F30000", Symbol: "UncertainUnderRange", Meaning: "Value below the permitted range", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x42080000", Symbol: "UncertainTransducerInManual", Meaning: "Transducer switched to manual, accuracy not assured", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x42090000", Symbol: "UncertainSimulatedValue", Meaning: "Value is simulated", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x420A0000", Symbol: "UncertainSensorCalibration", Meaning: "Sensor calibration fault, accuracy not assured", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
	{Protocol: "opcua", Layer: "status", Value: "0x420F0000", Symbol: "UncertainConfigurationError", Meaning: "Configuration issue, accuracy not assured", Codes: [4]core.Code{3008, 3008, 3008, 3008}, Remedy: core.Retry, Scope: core.Item, Quality: core.Uncertain, Why: whyStrict, Native: core.Native{Bits: 32, As: asStatusCode, Is: isStatusCode}},
}

const whyStrict = "the driver wants no doubtful values: 3008 is the documented code for those"
